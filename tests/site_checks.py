"""What comes out wrong when a notebook becomes a page. A check returns a line for each finding.

Run as a program, it writes nbs/llms.txt, the list of pages for language models."""

import ast
import html
import json
import os
import re
from pathlib import Path

import yaml

LINE_LENGTH = 100
FENCE = re.compile(r"^ *(`{3,}|~{3,})")
LINK = re.compile(r"(?<!!)\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)[^)]*\)")
IMAGE = re.compile(r"!\[([^\]]*)\]\(")
IMAGE_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALTERNATIVE = re.compile(r"\balt\s*=\s*([\"'])\s*\S.*?\1", re.IGNORECASE | re.DOTALL)
RAW_LINK = re.compile(r"\[`[^`]+`\]\(\S+\)")
INLINE_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
# What Quarto's Markdown takes out of a docstring, or turns into something else.
MARKUP = {
    "an asterisk": r"(?<!\\)\*",
    "an HTML tag": r"<[A-Za-z/!][^>]*>",
    "a formula": r"\$\S.*\S\$|\$\S\$",
    "a superscript": r"\^\S+\^",
    "a subscript or strikethrough": r"~\S.*~",
    "a citation": r"(?<!\w)@\w",
    "emphasis": r"(?<!\w)_\S.*?_(?!\w)",
}


def text_of(part):
    "Join the lines in which notebooks keep text."
    return part if isinstance(part, str) else "".join(part)


def split_fences(text):
    "Separate the lines of Markdown outside code blocks from those inside."
    prose, code, fence = [], [], None
    for line in text.splitlines():
        mark = FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
        elif fence is not None and line.strip().startswith(fence) and not line.strip(" `~"):
            fence = None
        else:
            (prose if fence is None else code).append(line)
    return prose, code


def markdown_of(notebook):
    "List the Markdown of cells and their outputs, each with the number of the cell."
    found = []
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "markdown":
            found.append((number, text_of(cell["source"])))
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):
                found.append((number, text_of(output["data"]["text/markdown"])))
    return found


def is_hidden(cell):
    "Tell whether a code cell and its outputs stay off the page."
    hiding = r"^#\|\s*(hide|export|exporti|default_exp)\b|^#\|\s*include:\s*false"
    return re.search(hiding, text_of(cell["source"]), re.MULTILINE) is not None


def exported_definitions(cell):
    "List the functions and classes of a cell that nbdev exports and documents."
    source = text_of(cell["source"])
    if cell["cell_type"] != "code" or not re.search(r"^#\|\s*exports?\b", source, re.MULTILINE):
        return []
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [
        node
        for node in ast.parse(re.sub(r"^\s*[%!].*", "", source, flags=re.MULTILINE)).body
        if isinstance(node, kinds) and not node.name.startswith("_")
    ]


def documented_name(definition):
    "Name a definition as the reference does: a patched method carries the name of its class."
    for decorator in definition.decorator_list:
        if re.match(r"patch\b", ast.unparse(decorator)):
            return f"{ast.unparse(definition.args.args[0].annotation)}.{definition.name}"
    return definition.name


def anchors_of(notebook):
    "Collect the anchors that a page will have: its headings and the definitions it documents."
    headings = [
        line.lstrip("#")
        for _, text in markdown_of(notebook)
        for line in split_fences(text)[0]
        if re.match(r"#{1,6}\s", line)
    ]
    names = [
        documented_name(node) for cell in notebook["cells"] for node in exported_definitions(cell)
    ]
    anchors = set()
    for heading in headings + names:
        anchor = base = heading_anchor(heading)
        count = 0
        while anchor in anchors:
            count += 1
            anchor = f"{base}-{count}"
        anchors.add(anchor)
    return anchors | {
        match
        for _, text in markdown_of(notebook)
        for match in re.findall(r"\{#([\w.:-]+)|\bid=[\"']([\w.:-]+)", text)
        for match in match
        if match
    }


def heading_anchor(heading):
    "Make the anchor that Pandoc makes of a heading."
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = html.unescape(re.sub(r"\{[^}]*\}\s*$|[`*\\]|<[^>]*>", "", text)).strip().lower()
    text = re.sub(r"\s+", "-", re.sub(r"[^\w\s.-]", "", text))
    return re.sub(r"^[\W\d_]+", "", text) or "section"


def long_lines(notebook):
    "Find lines of code that are longer than a page is wide."
    found = []
    for number, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] == "code":
            found += [(number, line) for line in text_of(cell["source"]).splitlines()]
    for number, text in markdown_of(notebook):
        found += [(number, line) for line in split_fences(text)[1]]
    return [
        f"cell {number}: a code line of {len(line)} characters: {line.strip()[:60]}…"
        for number, line in found
        if len(line) > LINE_LENGTH
    ]


def raw_links(notebook):
    "Find links inside code, where readers see their source: backticks in comments of parameters."
    return [
        f"cell {number}: a raw link inside code: {line.strip()}"
        for number, text in markdown_of(notebook)
        for line in split_fences(text)[1]
        if RAW_LINK.search(line)
    ]


def unknown_citations(notebook, entries):
    "Find citations of works that the bibliography lacks, as [@zhang2016]."
    return [
        f"cell {number}: @{key} is not in references.bib"
        for number, text in markdown_of(notebook)
        for key in re.findall(r"(?<![\w`/])@([a-z]+\d{4}[a-z]?)\b", text)
        if key not in entries
    ]


def nested_links(notebook):
    "Find links inside links: nbdev makes a link of each name in backticks, also of a link's text."
    return [
        f"cell {number}: a name that becomes a link inside a link: {match}"
        for number, text in markdown_of(notebook)
        for match in re.findall(r"\[[^\[\]]*\[`[^`]+`\]\([^)]*\)[^\[\]]*\]\(", text)
    ]


def mangled_docstrings(notebook):
    "Find docstrings that lose characters when the reference sets them in asterisks."
    found = []
    for number, cell in enumerate(notebook["cells"]):
        for node in exported_definitions(cell):
            docstring = INLINE_CODE.sub("", ast.get_docstring(node) or "")
            found += [
                f"cell {number}: {node.name}: {what} in its docstring: {docstring[:80]!r}"
                for what, pattern in MARKUP.items()
                if re.search(pattern, docstring)
            ]
    return found


def linked_comments(notebook):
    "Find backticks in comments of parameters: a name there becomes a raw link."
    found = []
    for number, cell in enumerate(notebook["cells"]):
        lines = text_of(cell["source"]).splitlines()
        for node in exported_definitions(cell):
            last = node.body[0].lineno - 1
            if isinstance(node, ast.ClassDef):
                last = max(
                    (part.end_lineno for part in node.body if isinstance(part, ast.AnnAssign)),
                    default=0,
                )
            found += [
                f"cell {number}: {node.name}: backticks in a comment: {line.strip()}"
                for line in lines[node.lineno - 1 : last]
                if "`" in line.partition("#")[2]
            ]
    return found


def crowded_cells(notebook):
    "Find cells that export several definitions: nbdev documents the last one first."
    found = []
    for number, cell in enumerate(notebook["cells"]):
        names = [node.name for node in exported_definitions(cell)]
        if len(names) > 1:
            found.append(
                f"cell {number}: {len(names)} definitions come out reversed: {', '.join(names)}"
            )
    return found


def unreadable_options(notebook):
    "Find options of cells, as #| fig-alt: text, that Quarto cannot read as YAML."
    found = []
    for number, cell in enumerate(notebook["cells"]):
        for line in text_of(cell["source"]).splitlines():
            option = re.match(r"#\|\s*([a-z-]+:\s.*)", line)
            try:
                if option and cell["cell_type"] == "code":
                    yaml.safe_load(option[1])
            except yaml.YAMLError:
                found.append(f"cell {number}: quote the text of {line}")
    return found


def lost_openings(notebook):
    "Find text below the title in the first cell, of which nbdev keeps only title and summary."
    lines = text_of(notebook["cells"][0]["source"]).splitlines()
    return [
        f"cell 0: not on the page: {line.strip()[:60]}…"
        for line in lines
        if line.strip() and not re.match(r"# |> |- [\w-]+: ", line)
    ]


def images_without_text(notebook):
    "Find images that a person who cannot see them is told nothing about."
    found = []
    for number, text in markdown_of(notebook):
        prose = "\n".join(split_fences(text)[0])
        found += [
            f"cell {number}: ![]() without a text"
            for alt in IMAGE.findall(prose)
            if not alt.strip()
        ]
        found += [
            f"cell {number}: <img> without alt"
            for tag in IMAGE_TAG.findall(prose)
            if not ALTERNATIVE.search(tag)
        ]
    for number, cell in enumerate(notebook["cells"]):
        data = [output.get("data", {}) for output in cell.get("outputs", [])]
        if is_hidden(cell) or not data:
            continue
        tags = IMAGE_TAG.findall("".join(text_of(part.get("text/html", "")) for part in data))
        found += [
            f"cell {number}: <img> without alt in an output"
            for tag in tags
            if not ALTERNATIVE.search(tag)
        ]
        figure = any(kind.startswith("image/") for part in data for kind in part)
        if figure and not re.search(
            r"^#\|\s*fig-alt:[ \t]*\S", text_of(cell["source"]), re.MULTILINE
        ):
            found.append(f"cell {number}: a figure without #| fig-alt:")
    return found


def rendered_name(path):
    "Name a page as the site does: nbdev takes the numbers off."
    return path.with_name(re.sub(r"^\d+[a-z]*_", "", path.stem)).as_posix()


def broken_links(notebook, path, pages, site):
    "Find links to files, pages and anchors that do not exist."
    root = min((page.parent for page in pages), key=lambda folder: len(folder.parts))
    rendered = {rendered_name(page.relative_to(root)): page for page in pages}
    found = []
    for number, text in markdown_of(notebook):
        prose = INLINE_CODE.sub("", "\n".join(split_fences(text)[0]))
        for target in LINK.findall(prose) + re.findall(r"<a\b[^>]*\bhref=[\"']([^\"']+)", prose):
            address, _, anchor = target.partition("#")
            if address.startswith(site):
                name = address[len(site) :].strip("/").removesuffix(".html") or "index"
                page = rendered.get(name)
            elif re.match(r"[a-z]+:", address):
                continue
            else:
                page = Path(os.path.normpath(path.parent / address)) if address else path
                if page not in pages and page.is_file():
                    continue
                page = page if page in pages else None
            if page is None:
                found.append(f"cell {number}: a link to nothing: {target}")
            elif anchor and anchor not in pages[page]:
                found.append(
                    f"cell {number}: a link to an anchor that {page.name} does not have: {target}"
                )
    return found


def written_page(path):
    "Read a page of Markdown as a notebook of one cell."
    return {"cells": [{"cell_type": "markdown", "source": path.read_text(encoding="utf-8")}]}


def listed_pages(contents):
    "List the pages of a sidebar, those of its sections included."
    pages = []
    for part in contents:
        if isinstance(part, str):
            pages.append(part)
        else:
            pages += [part["href"]] if "href" in part else []
            pages += listed_pages(part.get("contents", []))
    return pages


def sidebar_gaps(contents, pages):
    "Find pages outside the sidebar, and entries of the sidebar without a page."
    listed = listed_pages(contents)
    return [f"{name} is in no sidebar" for name in pages if name not in listed] + [
        f"the sidebar lists {name}, which is no page" for name in listed if name not in pages
    ]


def contrast(one, other):
    "Measure the contrast of two colors, #rrggbb, as WCAG 2.2 defines it: from 1 to 21."
    light = []
    for color in (one, other):
        values = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]
        light.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(light) + 0.05) / (min(light) + 0.05)


def title_and_summary(path):
    "Read the title of a page and the line below it."
    if path.suffix == ".qmd":
        facts = yaml.safe_load(path.read_text(encoding="utf-8").split("---")[1])
        return facts.get("title") or facts["pagetitle"], facts["description"]
    first = text_of(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    return re.match(r"# (.+)\n\n> (.+)", first).groups()


def llms_txt(folder):
    "List the pages of the sidebar as https://llmstxt.org asks for, with their Markdown twins."
    site = yaml.safe_load((folder / "nbdev.yml").read_text(encoding="utf-8"))["website"]
    sidebar = yaml.safe_load((folder / "sidebar.yml").read_text(encoding="utf-8"))["website"]
    lines = ["# {}\n\n> {}".format(*title_and_summary(folder / "index.ipynb"))]
    for section in sidebar["sidebar"]["contents"]:
        lines.append(f"\n## {section['section']}\n")
        for name in listed_pages([section]):
            title, summary = title_and_summary(folder / name)
            ending = "html.md" if name.endswith(".ipynb") else "md"  # as nbdev names them
            twin = f"{site['site-url']}/{rendered_name(Path(name))}.{ending}"
            lines.append(f"- [{title}]({twin}): {summary}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    NBS = Path(__file__).parents[1] / "nbs"
    (NBS / "llms.txt").write_text(llms_txt(NBS), encoding="utf-8")
