"""What comes out wrong on the site, found without Quarto: `make docs-check`."""

import json
import os
import re
from pathlib import Path

import pytest
import site_checks
import yaml

ROOT = Path(__file__).parents[1]
NBS = ROOT / "nbs"
PATHS = sorted(path for path in NBS.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
NOTEBOOKS = {path: json.loads(path.read_text()) for path in PATHS}
WRITTEN = {path: site_checks.written_page(path) for path in sorted(NBS.rglob("*.qmd"))}
ANCHORS = {path: site_checks.anchors_of(page) for path, page in (NOTEBOOKS | WRITTEN).items()}
SITE = yaml.safe_load((NBS / "nbdev.yml").read_text())["website"]["site-url"]
ENTRIES = set(re.findall(r"^@\w+\{(\w+),", (NBS / "references.bib").read_text(), re.MULTILINE))
each_notebook = pytest.mark.parametrize(
    "path", PATHS, ids=lambda path: path.relative_to(NBS).with_suffix("").as_posix()
)
SOURCE_CHECKS = (
    site_checks.long_lines,
    site_checks.lost_openings,
    site_checks.linked_comments,
    site_checks.mangled_docstrings,
    site_checks.crowded_cells,
    site_checks.images_without_text,
    site_checks.unreadable_options,
)


def as_page(path):
    "Fill in a notebook's reference and links, as nbdev does before Quarto renders."
    from execnb.nbio import read_nb
    from nbdev.processors import FilterDefaults

    notebook = read_nb(path)
    folder = Path.cwd()
    os.chdir(ROOT)  # nbdev looks for settings.ini from here upwards
    try:
        FilterDefaults()(notebook)
    finally:
        os.chdir(folder)
    return notebook


@each_notebook
def test_the_source_of_a_page_is_in_order(path):
    notebook = NOTEBOOKS[path]
    found = [line for check in SOURCE_CHECKS for line in check(notebook)]
    assert not found, f"{path.name}\n" + "\n".join(found)


@each_notebook
def test_a_page_has_its_reference_and_no_broken_link(path):
    page = as_page(path)
    found = site_checks.raw_links(page) + site_checks.nested_links(page)
    found += site_checks.unknown_citations(page, ENTRIES)
    found += site_checks.broken_links(page, path, ANCHORS, SITE)
    text = "\n".join(text for _, text in site_checks.markdown_of(page))
    headings = re.findall(r"^### (\S+)", text, re.MULTILINE)
    for cell in NOTEBOOKS[path]["cells"]:
        names = map(site_checks.documented_name, site_checks.exported_definitions(cell))
        found += [f"the reference lacks {name}" for name in names if name not in headings]
    assert not found, f"{path.name}\n" + "\n".join(found)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(NBS).as_posix())
def test_a_page_without_code_has_no_broken_link(path):
    page = WRITTEN[path]
    assert not site_checks.broken_links(page, path, ANCHORS, SITE)
    assert not site_checks.images_without_text(page)


def test_the_sidebar_lists_every_page_in_order():
    contents = yaml.safe_load((NBS / "sidebar.yml").read_text())["website"]["sidebar"]["contents"]
    pages = [path.relative_to(NBS).as_posix() for path in ANCHORS if path.stem != "404"]
    assert not site_checks.sidebar_gaps(contents, pages)
    names = [site_checks.rendered_name(path.relative_to(NBS)) for path in ANCHORS]
    assert len(set(names)) == len(names), "two pages would have one address"
    assert site_checks.listed_pages(contents)[0] == "index.ipynb"
    for section in contents:
        listed = site_checks.listed_pages([section])
        numbered = [page for page in listed if re.match(r"\d\d_", page)]
        assert numbered == sorted(numbered), section


def test_the_list_for_language_models_is_that_of_the_sidebar():
    written = (NBS / "llms.txt").read_text(encoding="utf-8")
    assert written == site_checks.llms_txt(NBS), "make export writes it"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_on_its_ground(theme):
    "WCAG AA asks for a contrast of 4.5."
    text = (NBS / "theme" / f"{theme}.scss").read_text(encoding="utf-8")
    colors = dict(re.findall(r"^\s*(?:\$|--)([a-z-]+):\s*(#[0-9a-f]{6});", text, re.MULTILINE))
    grounds = {colors["body-bg"], colors["card"], colors["code-bg"]}
    for name in ("body-color", "link-color", "quiet", "accent", "code-color", "sidebar-fg"):
        for ground in grounds:
            assert site_checks.contrast(colors[name], ground) >= 4.5, (name, ground)
    assert site_checks.contrast("#ffffff", colors["primary"]) >= 4.5
