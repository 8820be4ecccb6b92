"""A preprocessor of mdBook: links that leave docs/ lead to `repository/`, where tests/site.sh puts copies of those files.

mdBook calls it with `supports RENDERER` first, then with the book as JSON on standard input (mdBook's guide, "For
developers").
"""

import json
import posixpath
import re
import sys

LINK = re.compile(r"\]\((\.\./[^)#\s]+)(#[^)\s]*)?\)")


def led(content, folder):
    """The text of a chapter that lies in a folder of docs/, its outward links led to `repository/`."""

    def lead(match):
        path = posixpath.normpath(posixpath.join("docs", folder, match[1]))
        if path.startswith("docs/"):
            return match[0]
        return f"]({posixpath.relpath(posixpath.join('repository', path), folder or '.')})"

    return LINK.sub(lead, content)


def walk(items):
    for item in items:
        chapter = item.get("Chapter") if isinstance(item, dict) else None
        if chapter:
            chapter["content"] = led(chapter["content"], posixpath.dirname(chapter.get("path") or ""))
            walk(chapter["sub_items"])


if __name__ == "__main__":
    if sys.argv[1:2] == ["supports"]:
        sys.exit(0)
    _, book = json.load(sys.stdin)
    walk(book.get("items", book.get("sections", [])))
    json.dump(book, sys.stdout)
