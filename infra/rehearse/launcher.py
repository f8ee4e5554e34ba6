"""Starts the emulated AWS of the rehearsal: ministack on loopback, IAM enforced, its gaps filled.

    python launcher.py PORT

The functions that it starts inherit this process's environment, as Lambda's would AWS's own; what a
deployment decides must come from the template, so start it with as little as possible.
"""

import os
import sys


def environment(port: int) -> dict[str, str]:
    """The emulator's settings, and where its functions find AWS."""
    endpoint = f"http://127.0.0.1:{port}"
    return {
        "AUTH": "true",
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": "us-east-1",
        "LOG_LEVEL": "INFO",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        # The functions trust no certificate of the emulator's: they speak plainly with it.
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "AWS_ENDPOINT_URL_S3": endpoint,
        # AWS waits a minute before an asynchronous event's first repetition.
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": "0.1",
    }


def behind_tls(app):
    """The emulator as if behind the TLS that AWS always ends first, unless a request denies it."""

    async def with_protocol(scope, receive, send):
        if scope["type"] == "http":
            headers = list(scope["headers"])
            if not any(name == b"x-forwarded-proto" for name, _ in headers):
                headers.append((b"x-forwarded-proto", b"https"))
            scope = {**scope, "headers": headers}
        await app(scope, receive, send)

    return with_protocol


def main() -> None:
    """Serves until SIGTERM."""
    os.environ.update(environment(int(sys.argv.pop())))
    # The emulator reads its environment when it is imported.
    from ministack import app

    import gaps

    gaps.fill()
    app.app = behind_tls(app.app)
    app.main()


if __name__ == "__main__":
    main()
