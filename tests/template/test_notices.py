"""What goes into every zip beside the binary."""

import notices


def test_every_crate_of_a_function_is_named_with_the_text_of_its_licence(capsys):
    notices.main()
    printed = capsys.readouterr().out
    crates = notices.crates_of_the_functions()
    assert len(crates) > 100
    for crate in crates:
        assert f"{crate['name']} {crate['version']}" in printed
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in printed
    # Proc macros and the tools of the tests end up in no zip.
    assert not {"serde_derive", "dynoxide-rs", "s3s"} & {crate["name"] for crate in crates}
