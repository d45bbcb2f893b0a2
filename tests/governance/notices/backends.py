"""Mail servers that do not do what one wants."""

from smtplib import SMTPRecipientsRefused

from django.core.mail.backends.locmem import EmailBackend


class Away(EmailBackend):
    """Nobody answers."""

    def open(self) -> None:
        raise ConnectionRefusedError("nobody answers")


class Refusing(EmailBackend):
    """Takes all recipients but one."""

    def send_messages(self, messages) -> int:
        for message in messages:
            if "refused@example.org" in message.to:
                raise SMTPRecipientsRefused({"refused@example.org": (550, b"no such mailbox")})
        return super().send_messages(messages)
