"""A mail server that keeps what it is given: plain, by STARTTLS, or by TLS from the first byte on.

{"do": "listen", "security": "none" | "starttls" | "tls", "user": ..., "password": ...,
 "certificate": path, "key": path} -> {"port": ...}
{"do": "refuse", "answer": "451 4.7.1 Try again later" | null} -> {}
{"do": "messages"} -> {"messages": [{"from", "to", "sender", "tls", "user", "subject", "text"}]}
"""

import email
import email.policy
import socket
import ssl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from lines import serve

messages = []
refusal = None
controllers = []


class Keeping:
    async def handle_DATA(self, server, session, envelope):
        if refusal:
            return refusal
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        messages.append(
            {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "sender": message["From"],
                "tls": session.ssl is not None or server.transport.get_extra_info("sslcontext") is not None,
                "user": session.auth_data,
                "subject": message["Subject"],
                "text": message.get_content(),
            }
        )
        return "250 Kept"


def listen(request):
    security = request["security"]
    context = None
    if security != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(request["certificate"], request["key"])

    def authenticate(server, session, envelope, mechanism, data):
        known = isinstance(data, LoginPassword) and data.login.decode() == request.get("user")
        known = known and data.password.decode() == request.get("password")
        return AuthResult(success=known, handled=known, auth_data=request.get("user"))

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {"hostname": "127.0.0.1", "port": port}
    if request.get("user"):
        settings |= {"authenticator": authenticate, "auth_required": True, "auth_require_tls": security == "starttls"}
    if security == "starttls":
        settings |= {"tls_context": context, "require_starttls": True}
    if security == "tls":
        settings |= {"ssl_context": context}
    controller = Controller(Keeping(), **settings)
    # The controller knocks at its own door, with TLS of its own making; knocking is enough.
    controller._trigger_server = lambda: socket.create_connection(("127.0.0.1", port)).close()
    controller.start()
    controllers.append(controller)
    return {"port": port}


def refuse(request):
    global refusal
    refusal = request["answer"]
    return {}


serve(listen=listen, refuse=refuse, messages=lambda request: {"messages": messages})
