"""Strings that programs stumble over, by class. Collected for this house; the source of each class is named.

`STRINGS` are text as a program sees it, lone surrogates included; `ESCAPES` are pieces of an address as they
stand on the wire, where bytes can be sent that no text holds.
"""

from itertools import chain

LONG = 70_000  # beyond every column, below what one request may carry

CLASSES: dict[str, tuple[str, ...]] = {
    # PostgreSQL holds no U+0000 (its manual, character types); C libraries end there.
    "NUL": ("\0", "a\0b", "\0' OR 1=1--", "name\0.csv"),
    # Unicode 15, chapter 3.9 (D75): no encoding form has them, JSON can write them (RFC 8259, section 8.2).
    "lone surrogates": ("\ud800", "\udfff", "a\udc80b", "\ude00\ud83d"),
    # Unicode 15, chapter 23: noncharacters, private use, the ends of planes.
    "odd code points": ("\ufffe", "\uffff", "\ufdd0", "\U0010ffff", "\ue000", "\ufeffa", "\u00ad", "\ufffd"),
    # C0 and C1 controls (ECMA-48), line ends that only Unicode knows.
    "controls": ("\x01\x02\x1b[31m", "\x7f\x80\x9f", "\x0b\x0c\x1c\x1d", "a\r\nSet-Cookie: x=1", "\u2028\u2029\u0085"),
    # Unicode Standard Annex 9 and Technical Report 36.
    "direction": ("\u202eevil\u202c", "\u2066a\u2069", "\u200f\u200e\u061c", "مرحبا", "אב\u202dgd"),
    "zero width": ("\u200b", "\u200d\u200c", "\u2060\ufeff", "a\u200bb", "\u180e"),
    "combining": ("Z" + "\u0335\u0321\u0353" * 40, "e\u0301", "ﬁ\u0327", "İıſẞ", "ﷺ", "👩‍👩‍👧‍👦🏳️‍⚧️"),
    "overlong": ("a" * LONG, "あ" * 21_000, " " * LONG, "9" * 5_000, "(" * 9_000, "." * 4_000 + "@a.example"),
    # What int(), float(), Decimal and the 64 bits of a database take differently.
    "numbers": ("NaN", "nan", "-inf", "Infinity", "1e999", "-1", "0", "-0", "00", "0x10", "1_000", "1.5", "½"),
    "numbers beyond": ("2147483648", "9223372036854775807", "9223372036854775808", "1" + "0" * 40, "-" + "9" * 30),
    "digits of other scripts": ("١٢٣", "１２", "߁", "²", "Ⅷ"),
    "dates": (
        "0000-00-00",
        "0001-01-01",
        "9999-12-31",
        "2026-02-30",
        "2026-W01-1",
        "20260101",
        "1e4-01-01",
        "10000-1-1",
    ),
    "nothing": ("", " ", "\t", "null", "None", "undefined", "true", "[]", "{}", "[object Object]"),
    # Fragments of the languages next door: SQL, templates, formats, paths, shells, XML, addresses.
    "SQL": ("'", "' OR '1'='1", '"; DROP TABLE x;--', "%_%", "\\", "1) UNION SELECT NULL--", "$$", "E'\\x00'"),
    "templates": (
        "{{ 7*7 }}",
        "{% debug %}",
        "${7*7}",
        "<%= 7 %>",
        "#{7}",
        "{{ settings.SECRET_KEY }}",
        "{% load x %}",
    ),
    "formats": ("%s%s%n", "%(x)s", "{0.__class__}", "{}", "%", "%d", "%%", "$(id)", "`id`"),
    "paths": ("../../etc/passwd", "..\\..\\x", "/dev/null", "C:\\con", "file:///etc/passwd", "a/b/c", "~", "-rf"),
    "markup": ("<script>alert(1)</script>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "]]>", "<![CDATA[", "&#0;", "&x;", "<a"),
    "addresses": (
        "javascript:alert(1)",
        "http://[::1",
        "http://a:99999999/",
        "//x",
        "http://\u2100.example",
        "http:///",
    ),
    "addresses of people": ("a@b", "@", '"a b"@c.example', "a@[1.2.3.4]", "ä@ö.example", "a@" + "b." * 120 + "example"),
    "lists": ("1,2", ";", "a:b:c", ":", "everything:", "commitment:x", "commitment:" + "9" * 30, "|", "\n\n"),
    "patterns": ("(a+)+$", "[", "*", "((", "a{9999}", "\\Q", '"', '"a" NEAR "b"', "AND OR NOT", "-", "+-"),
    "formulas": ("=1+1", "+1", "-1", "@SUM(1)", "\t=1", '=cmd|"/c calc"!A1'),
    "seals": ("a.b.c", "eyJ9.e30.", "a" * 72, "0" * 64, "0" * 32 + "20260101" + "0" * 32, "0" * 32 + "99999999"),
}
STRINGS: tuple[str, ...] = tuple(dict.fromkeys(chain.from_iterable(CLASSES.values())))

# RFC 3986 percent escapes that are no UTF-8 (RFC 3629): cut off, overlong, surrogates, beyond the last plane.
ESCAPES: tuple[str, ...] = (
    *("%", "%%", "%zz", "%u0041", "%00", "a%00b", "%ff", "%c0%80", "%c0%ae%c0%ae/", "%ed%a0%80", "%f4%90%80%80"),
    *("%e2%28%a1", "%0d%0aSet-Cookie:x=1", "%2e%2e%2f", "..%5c", "%2f", "%25%30%30", "%c2", "%f0%9f", ";a=b", "+"),
)


def class_of(string: str) -> str:
    return next(name for name, strings in CLASSES.items() if string in strings)
