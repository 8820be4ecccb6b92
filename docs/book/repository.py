"""A preprocessor of mdBook: links that leave docs/ lead to `repository/`, where tests/site.sh puts copies of those files.

Copies of Markdown end in `-md.txt`, as mdBook takes every link with `.md` for a page of its own. A README of a folder is
the folder's index.

mdBook calls it with `supports RENDERER` first, then with the book as JSON on standard input (mdBook's guide, "For
developers").
"""

import json
import posixpath
import re
import sys

LINK = re.compile(r"\]\(([^):#\s]+)(#[^)\s]*)?\)")


def led(content, folder):
    """The text of a chapter that lies in a folder of docs/, its links led to where they stand in the site."""

    def lead(match):
        path = posixpath.normpath(posixpath.join("docs", folder, match[1]))
        if not path.startswith("docs/"):
            path = posixpath.join("repository", re.sub(r"\.md$", "-md.txt", path))
            return f"]({posixpath.relpath(path, folder or '.')})"
        if posixpath.basename(path) == "README.md":
            return f"]({posixpath.join(posixpath.dirname(match[1]), 'index.md')}{match[2] or ''})"
        return match[0]

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
