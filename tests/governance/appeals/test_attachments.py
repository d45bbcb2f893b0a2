"""Attachments: pictures drawn anew and plain text, sealed; whatever else hides in a file is refused or gone."""

import struct
import zlib
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from audits.ledger.models import Entry
from governance.appeals import services
from governance.appeals.attachments import LARGEST_PICTURE, LARGEST_TEXT, MOST, clean_attachment
from governance.appeals.models import AppealAttachment, AppealMessage
from governance.appeals.states import AppealKind, AttachmentKind, HoldChoice
from ground.errors import BadInput
from tests import factories
from tests.governance.appeals.conftest import assign
from tests.governance.appeals.test_confidential import CASE, file_anonymously, written

__all__ = ["written"]


def picture(form: str = "PNG", size=(40, 30), mode="RGB", **how) -> bytes:
    made = BytesIO()
    Image.new(mode, size, (200, 20, 20, 90)[: len(mode)]).save(made, form, **how)
    return made.getvalue()


def clean(sent: bytes):
    return clean_attachment(sent, length=len(sent))


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width: int, height: int) -> bytes:
    """The beginning of a PNG that says it is so large."""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


@pytest.mark.parametrize(
    ("form", "kind", "how"),
    [
        ("PNG", AttachmentKind.PNG, {}),
        ("PNG", AttachmentKind.PNG, {"mode": "RGBA"}),
        ("JPEG", AttachmentKind.JPEG, {}),
        ("WEBP", AttachmentKind.JPEG, {}),
        ("WEBP", AttachmentKind.PNG, {"mode": "RGBA"}),
    ],
)
def test_a_picture_is_drawn_anew_without_what_it_tells_of_where_and_when(form, kind, how):
    """Issue 12, 3: re-encoded, metadata gone."""
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Camera of Ann", {1: "N", 2: (52.0, 31.0, 12.0)}
    info = PngInfo()
    info.add_text("Author", "Ann", zip=True)
    sent = picture(
        form, exif=exif, icc_profile=b"Ann's screen", **({"pnginfo": info} if form == "PNG" else {}), **how
    )
    assert b"Ann" in sent
    kept = clean(sent)
    assert kept.kind == kind and b"Ann" not in kept.content
    with Image.open(BytesIO(kept.content)) as drawn:
        assert drawn.size == (40, 30) and not drawn.getexif()
        assert set(drawn.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_is_upright():
    """Issue 12, 3: what its own data said of how to hold it is done before it goes."""
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(BytesIO(clean(picture("JPEG", exif=exif)).content)) as drawn:
        assert drawn.size == (30, 40)


@pytest.mark.parametrize(
    "tail", [b"PK\x03\x04 an archive", b"<script>alert(1)</script>", b"%PDF-1.7", b"MZ\x90"]
)
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_what_hides_behind_a_picture_is_gone(form, tail):
    """Issue 12, bad input: polyglot files, which are two things at once."""
    assert tail not in clean(picture(form) + tail).content


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (
            header(60_000, 60_000) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b""),
            "too many dots",
        ),
        (header(4001, 3000) + chunk(b"IDAT", b"") + chunk(b"IEND", b""), "too many dots"),
        (header(10, 10) + chunk(b"IEND", b""), "cannot be read"),
        (picture()[:60], "cannot be read"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 100, "cannot be read"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "cannot be read"),
        (b"GIF89a/*\x01\x00*/=1;alert(1)", "This type of file"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "This type of file"),
        (b"PK\x03\x04\x14\0\0\0", "This type of file"),
        (b"\x7fELF\x02\x01", "This type of file"),
        ("Zürich".encode("latin-1"), "This type of file"),
        ("safe\u202etxt.exe".encode(), "This type of file"),
        (b"x" * (LARGEST_TEXT + 1), "100 kB"),
        (b"", "empty"),
    ],
    ids=lambda value: value[:14] if isinstance(value, str) else "",
)
def test_bombs_and_other_types_are_refused_with_the_reason(sent, says):
    """Issue 12, 3 and bad input: other types refused with the reason; a bomb before it is unpacked."""
    with pytest.raises(BadInput) as refused:
        clean(sent)
    assert says in refused.value.detail and refused.value.field == "attachment"


def test_a_bomb_in_what_a_picture_says_of_itself_is_not_unpacked():
    """Issue 12, 3 and bad input: 80 MB of text in 80 kB, made here as every process that collects tests would make it."""
    bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 80_000_000, 9))
    with pytest.raises(BadInput, match="cannot be read") as refused:
        clean(header(10, 10) + bomb + chunk(b"IEND", b""))
    assert refused.value.field == "attachment"


def test_a_file_that_was_not_read_to_its_end_is_refused_by_its_length():
    """Issue 12, bad input: 10 MB."""
    with pytest.raises(BadInput, match="too large"):
        clean_attachment(b"", length=10_000_000)
    with pytest.raises(BadInput, match="too large"):
        clean(b"x" * (LARGEST_PICTURE + 1))


def test_text_is_kept_as_it_is_in_any_language():
    """Issue 12, 3: plain text; what looks like a page is text all the same."""
    said = "Größe, 数, مرحبا\n<script>alert(1)</script>\t✓\n"
    kept = clean(b"\xef\xbb\xbf" + said.encode())
    assert kept.kind == AttachmentKind.TEXT and kept.content.decode() == said


# Within an appeal

pytestmark = pytest.mark.django_db


def get(url: str, by):
    client = Client()
    client.force_login(by)
    return client.get(url)


def upload(sent: bytes, name: str = "evidence-of-ann.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sent, "text/html")


def test_both_sides_read_what_is_attached_and_nobody_else(browse, desk, file):
    """Issue 12, 3: for all appeals; sent as a file, never shown within a page of ours, and kept by no cache."""
    appeal = assign(file(kind=AppealKind.CONFIDENTIAL, hold=HoldChoice.NONE), desk)
    one = f"/appeals/{appeal.pk}"
    sent = browse(f"{one}/message", by=desk.employee, data={"text": "See.", "attachment": upload(picture())})
    assert sent.status == 302
    kept = AppealAttachment.objects.get()
    url = f"/appeals/attachments/{kept.pk}"
    assert browse(one, by=desk.hr).says("Attached:", "Picture")
    for side in (desk.employee, desk.hr):
        response = get(url, side)
        assert response["Content-Type"] == "image/png" and response.content.startswith(b"\x89PNG")
        assert response["Content-Disposition"] == 'attachment; filename="attachment.png"'
        assert response["X-Content-Type-Options"] == "nosniff" and "no-store" in response["Cache-Control"]
    for other in (desk.manager, desk.legal, desk.other_hr):
        assert browse(url, by=other).status == 404
    assert Entry.objects.filter(kind="appeals.message").count() == 1


def test_it_is_sealed_at_rest_and_its_name_is_not_kept(desk, file):
    """Issue 12, 3: like the messages of the appeal."""
    appeal = file()
    services.write_message(
        appeal=appeal, text="See.", by=desk.employee, attachment=upload(b"Nights on call.", "ann.txt")
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text, content FROM appeals_appealattachment t")
        row, content = cursor.fetchone()
    assert "ann" not in row and b"Nights" not in bytes(content)


def test_what_is_refused_is_said_beside_its_field_and_the_message_is_not_sent(browse, desk, file):
    """Issue 12, 3: refused with the reason, nothing that was typed lost."""
    appeal = file()
    page = browse(
        f"/appeals/{appeal.pk}/message",
        by=desk.employee,
        data={"text": "See this.", "attachment": upload(b"%PDF-\xe2")},
    )
    assert page.status == 400 and page.says("This type of file cannot be attached", "See this.")
    assert not AppealMessage.objects.exists()
    large = browse(
        f"/appeals/{appeal.pk}/message",
        by=desk.employee,
        data={"text": "x", "attachment": upload(b"x" * 2_000_000)},
    )
    assert large.status == 400 and large.says("900 kB at most")


def test_there_are_so_many_at_most(desk, file):
    """Issue 12, bad input."""
    appeal = file()
    for _each in range(MOST):
        services.write_message(appeal=appeal, text="x", by=desk.employee, attachment=upload(b"x"))
    with pytest.raises(BadInput, match="twenty"):
        services.write_message(appeal=appeal, text="x", by=desk.employee, attachment=upload(b"x"))


def test_an_anonymous_case_has_attachments_too(browse, desk, written):
    """Issue 12, 3: sent and read by the number alone; those of another appeal are not there."""
    receipt = file_anonymously(browse, written)
    given = {"receipt": receipt, "act": "message", "text": "See.", "attachment": upload(picture("JPEG"))}
    assert browse(CASE, by=None, data=given).says("Attached:", "Photo")
    kept = AppealAttachment.objects.get()
    ask = {"receipt": receipt, "act": "attachment"}
    response = Client().post(CASE, {**ask, "attachment": str(kept.pk)})
    assert response["Content-Type"] == "image/jpeg"
    other = file_anonymously(browse, written)
    for key in (str(kept.pk), "no number"):
        assert browse(CASE, by=None, data={**ask, "receipt": other, "attachment": key}).status == 404
    assert browse(f"/appeals/attachments/{kept.pk}", by=desk.manager).status == 404


# Over the API

API = "/api/v1/appeals"


@pytest.fixture
def send(desk):
    """Send a message with a file to an appeal over the API; gives the response."""
    tokens: dict = {}

    def act(by, key, sent: bytes | None, text: str = "See.", *, get: str = "", **headers):
        tokens[by] = tokens.get(by) or factories.a_token(by)
        headers |= {"HTTP_AUTHORIZATION": f"Token {tokens[by]}"}
        if get:
            return Client().get(f"{API}/{key}/attachments/{get}", **headers)
        given = {"text": text} | ({} if sent is None else {"attachment": upload(sent)})
        return Client().post(f"{API}/{key}/attachments", given, **headers)

    return act


def test_what_is_attached_over_the_api_is_listed_and_sent_to_both_sides(send, call, desk, file):
    """Issue 12, 3 and 10: of a confidential appeal too; drawn anew, sent as a file, whatever the client accepts."""
    appeal = assign(file(kind=AppealKind.CONFIDENTIAL, hold=HoldChoice.NONE), desk)
    made = send(desk.employee, appeal.pk, picture())
    assert made.status_code == 201 and made.json()["content_type"] == "image/png"
    send(desk.hr, appeal.pk, b"Nights on call.")
    listed = call(desk.hr, f"{API}/{appeal.pk}/attachments")[1]["results"]
    assert {each["kind"] for each in listed} == {"png", "text"} and made.json() in listed
    told = call(desk.employee, f"{API}/{appeal.pk}/messages")[1]["results"]
    assert {each["attachments"][0]["id"] for each in told} == {each["id"] for each in listed}
    for side in (desk.employee, desk.hr):
        sent = send(side, appeal.pk, None, get=made.json()["id"], HTTP_ACCEPT="image/png")
        assert sent.status_code == 200 and sent.content.startswith(b"\x89PNG")
        assert sent["Content-Disposition"] == 'attachment; filename="attachment.png"'
        assert sent["X-Content-Type-Options"] == "nosniff" and "no-store" in sent["Cache-Control"]


def test_to_others_neither_the_list_nor_a_file_is_there(send, call, desk, file):
    """S79: the same 404 for what is there, for what is not, and for a file of another appeal; who finds a handler reads none."""
    appeal = assign(file(kind=AppealKind.CONFIDENTIAL, hold=HoldChoice.NONE), desk)
    key = send(desk.employee, appeal.pk, b"Nights.").json()["id"]
    other = file(hold=HoldChoice.NONE)
    for by in (desk.manager, desk.stranger, desk.other_hr, desk.legal):
        answers = [call(by, f"{API}/{place}/attachments/{key}") for place in (appeal.pk, other.pk, uuid4())]
        assert {status for status, _told in answers} == {404}
        assert send(by, appeal.pk, b"x").status_code == (403 if by == desk.legal else 404)
        assert call(by, f"{API}/{appeal.pk}/attachments")[0] == (403 if by == desk.legal else 404)
    assert call(desk.employee, f"{API}/{other.pk}/attachments/{key}")[0] == 404
    assert AppealAttachment.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "text", "field", "says"),
    [
        (b"%PDF-\xe2", "See.", "attachment", "This type of file"),
        (b"", "See.", "attachment", "empty"),
        (b"x" * (LARGEST_PICTURE + 1), "See.", "attachment", "900 kB"),
        (b"x" * (LARGEST_TEXT + 1), "See.", "attachment", "100 kB"),
        (header(4001, 3000) + chunk(b"IEND", b""), "See.", "attachment", "12 million"),
        (None, "See.", "attachment", ""),
        (b"x", "", "text", ""),
    ],
    ids=("type", "empty", "long", "long text", "dots", "none", "no words"),
)  # fmt: skip
def test_what_is_refused_over_the_api_names_its_field_and_the_reason(
    send, desk, file, sent, text, field, says
):
    """Issue 12, bad input: limits of size and kind in a 400; nothing is kept."""
    refused = send(desk.employee, file(hold=HoldChoice.NONE).pk, sent, text)
    assert (
        refused.status_code == 400 and refused.json()["field"] == field and says in refused.json()["detail"]
    )
    assert not AppealMessage.objects.exists()


def test_a_file_in_json_is_no_file_and_an_appeal_that_is_over_takes_none(send, call, desk, file):
    """Issue 12, bad input: 415 for another form of body, 409 once it is over."""
    appeal = file(hold=HoldChoice.NONE)
    given = {"text": "See.", "attachment": "x"}
    assert call(desk.employee, f"{API}/{appeal.pk}/attachments", given)[0] == 415
    services.withdraw_appeal(appeal=appeal, by=desk.employee)
    assert send(desk.employee, appeal.pk, b"x").status_code == 409
