"""Checks a built site: every document is a page, every link and anchor leads somewhere; copies files outside docs/.

    python tests/python/site_links.py target/book REPOSITORY
"""

import html.parser
import pathlib
import re
import shutil
import sys
import urllib.parse


class Page(html.parser.HTMLParser):
    """The links that a page holds, and the names that links can lead to."""

    def __init__(self, path):
        super().__init__()
        self.links, self.names = [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        self.names.update(held[key] for key in ("id", "name") if held.get(key))
        where = held.get("href") if tag in ("a", "link") else held.get("src")
        if where:
            self.links.append(where)


def main():
    site, repository = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    pages = {path: Page(path) for path in site.rglob("*.html")}
    wrong = []
    for path in sorted((repository / "docs").rglob("*.md")):
        page = site / path.relative_to(repository / "docs").with_suffix(".html")
        if path.name == "README.md":
            page = page.with_name("index.html")
        if path.name != "SUMMARY.md" and page not in pages:
            wrong.append(f"{path.relative_to(repository)} is no page: name it in docs/SUMMARY.md")
    copied, checked = 0, 0
    for path, page in sorted(pages.items()):
        for link in page.links:
            place = urllib.parse.urlsplit(link)
            if place.scheme or place.netloc:
                continue  # Outside the site: not asked, as a check must not need a network.
            checked += 1
            target = (path.parent / urllib.parse.unquote(place.path)).resolve() if place.path else path
            if target.is_dir():
                target = target / "index.html"
            outside = site / "repository"
            if not target.exists() and outside in target.parents:
                origin = repository / re.sub(r"-md\.txt$", ".md", str(target.relative_to(outside)))
                if origin.is_file():
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(origin, target)
                    copied += 1
                elif origin.is_dir():
                    continue
            if not target.exists():
                wrong.append(f"{path.relative_to(site)}: {link} leads nowhere")
            elif place.fragment and target in pages and place.fragment not in pages[target].names:
                wrong.append(f"{path.relative_to(site)}: {link} names no place on that page")
    if wrong:
        sys.exit("\n".join(dict.fromkeys(wrong)))
    print(f"{len(pages)} pages, {checked} links, {copied} files copied from outside docs/")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main()
