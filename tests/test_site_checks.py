"""Each check of the site finds what is wrong, and lets pass what is right."""

import json

import pytest
import site_checks

SITE = "https://example.org/project"


def notebook(*cells):
    "Make a notebook of (kind, source) or (kind, source, data of its output)."
    return {
        "cells": [
            {
                "cell_type": kind,
                "source": source.splitlines(keepends=True),
                **(
                    {"outputs": [{"output_type": "display_data", "data": part} for part in data]}
                    if kind == "code"
                    else {}
                ),
            }
            for kind, source, *data in cells
        ]
    }


def markdown(text):
    return notebook(("markdown", text))


def exported(code):
    return notebook(("code", "#| export\n" + code))


def test_long_lines_of_code_are_found_and_long_prose_is_not():
    assert not site_checks.long_lines(notebook(("code", "a" * 100), ("markdown", "b" * 300)))
    assert len(site_checks.long_lines(notebook(("code", "a" * 101)))) == 1
    assert len(site_checks.long_lines(markdown(f"```sh\n{'c' * 101}\n```\n{'d' * 101}"))) == 1
    signature = {"text/markdown": f"```python\ndef f(\n    x:int, # {'e' * 100}\n):\n```\n"}
    assert len(site_checks.long_lines(notebook(("code", "show_doc(f)", signature)))) == 1


def test_text_below_the_title_of_the_first_cell_is_lost():
    assert not site_checks.lost_openings(markdown("# Title\n\n> A summary\n\n- image: a.webp\n"))
    assert len(site_checks.lost_openings(markdown("# Title\n\n> A summary\n\nA paragraph."))) == 1
    assert not site_checks.lost_openings(
        notebook(("markdown", "# Title"), ("markdown", "A paragraph."))
    )


def test_links_are_raw_inside_code_only():
    link = "[`f`](https://example.org/project/page.html#f)"
    assert not site_checks.raw_links(markdown(f"See {link}.\n\n```python\nx = table[`f`]\n```"))
    page = {
        "text/markdown": [
            "```python\n",
            "def g(\n",
            f"    x, # what {link} gave\n",
            "):\n",
            "```\n",
            f"*See {link}.*",
        ]
    }
    found = site_checks.raw_links(notebook(("code", "show_doc(g)", page)))
    assert len(found) == 1 and "x, # what" in found[0]


@pytest.mark.parametrize("comment, count", [("what `f` gave", 1), ("what f gave", 0)])
def test_backticks_in_comments_of_parameters_are_found(comment, count):
    function = f'def g(\n    x: int,  # {comment}\n) -> int:\n    "Use `f`."\n    return x  # `f`'
    assert len(site_checks.linked_comments(exported(function))) == count
    fields = f'@dataclass\nclass G:\n    "Use `f`."\n    x: int  # {comment}\n\n'
    fields += "    def g(self):\n        return 1  # `f`"
    assert len(site_checks.linked_comments(exported(fields))) == count
    assert not site_checks.linked_comments(notebook(("code", function)))


@pytest.mark.parametrize(
    "docstring",
    [
        "Turn L*a*b* into sRGB.",
        "Multiply by 1 + x * y.",
        "Read <name> from a file.",
        "Use $a$ and $b$.",
        "Raise x to 2^n^.",
        "Take ~half~ of it.",
        "Cite @zhang2016.",
        "Mark _this_ word.",
        "See Zhang.\n\nLater lines hold L*a*b*, too.",
    ],
)
def test_docstrings_that_markdown_would_change_are_found(docstring):
    assert len(site_checks.mangled_docstrings(exported(f'def f():\n    """{docstring}"""'))) == 1
    assert not site_checks.mangled_docstrings(
        notebook(("code", f'def f():\n    """{docstring}"""'))
    )
    assert not site_checks.mangled_docstrings(exported(f'def _f():\n    """{docstring}"""'))


@pytest.mark.parametrize(
    "docstring",
    [
        "Turn CIELAB into sRGB (IEC 61966-2-1).",
        "Multiply `a * b` by 2**n in code: `2**n`.",
        "Take ~10 of a_b and x < y.",
        "Keep 5 $ and e@mail.",
        r"Escape L\\*a\\*b\\*.",
    ],
)
def test_docstrings_that_stay_whole_are_not_found(docstring):
    kept = docstring.replace("2**n in code", "two")
    assert site_checks.mangled_docstrings(exported(f'def f():\n    """{kept}"""')) == []


def test_cells_with_several_definitions_are_found():
    one = 'def f():\n    "F."\n\ndef _helper():\n    pass\n\nNAMES = 1'
    assert not site_checks.crowded_cells(exported(one))
    found = site_checks.crowded_cells(exported(one + '\n\nclass G:\n    "G."'))
    assert len(found) == 1 and found[0].endswith("f, G")
    assert not site_checks.crowded_cells(notebook(("code", one + "\n\ndef g():\n    pass")))


@pytest.mark.parametrize(
    "text, count",
    [
        ("![A gray cat](cat.png)", 0),
        ("![](cat.png)", 1),
        ("![ ](cat.png)", 1),
        ('<img src="cat.png" alt="A cat">', 0),
        ('<img src="cat.png">', 1),
        ('<img src="cat.png" alt="">', 1),
        ('```html\n<img src="cat.png">\n```', 0),
    ],
)
def test_images_in_prose_need_a_text(text, count):
    assert len(site_checks.images_without_text(markdown(text))) == count


def test_figures_need_a_text_unless_they_are_hidden():
    figure = {"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>"}
    assert len(site_checks.images_without_text(notebook(("code", "plot()", figure)))) == 1
    assert (
        len(site_checks.images_without_text(notebook(("code", "#| fig-alt:\nplot()", figure)))) == 1
    )
    assert not site_checks.images_without_text(
        notebook(("code", "#| fig-alt: Two curves.\nplot()", figure))
    )
    assert not site_checks.images_without_text(notebook(("code", "#| hide\nplot()", figure)))
    assert not site_checks.images_without_text(notebook(("code", "1 + 1", {"text/plain": "2"})))
    html = {"text/html": '<div><img src="data:image/png;base64,"></div>'}
    assert len(site_checks.images_without_text(notebook(("code", "gallery()", html)))) == 1


@pytest.mark.parametrize(
    "heading, anchor",
    [
        ("A plan", "a-plan"),
        ("Colorizer.__call__", "colorizer.__call__"),
        ("`srgb_to_lab`, and back", "srgb_to_lab-and-back"),
        ("3. What it *scores*", "what-it-scores"),
        ("See [the table](x.html)", "see-the-table"),
        ("L\\* is kept", "l-is-kept"),
    ],
)
def test_anchors_are_those_of_pandoc(heading, anchor):
    assert site_checks.heading_anchor(heading) == anchor


def test_anchors_of_a_page_are_its_headings_and_its_reference():
    page = notebook(
        ("markdown", "# Title\n\n## Why\n\n```sh\n# no heading\n```"),
        ("markdown", "## Why\n\n## Named {#other}\n\n<a id='third'></a>"),
        ("code", '#| exports\ndef read_it():\n    "Read."'),
        ("code", '#| export\n@patch\ndef show(self: Page):\n    "Show."'),
        ("code", '#| export\n@patch(as_prop=True)\ndef title(self: Page):\n    "Name it."'),
    )
    assert site_checks.anchors_of(page) == {
        "title",
        "why",
        "why-1",
        "named",
        "other",
        "third",
        "read_it",
        "page.show",
        "page.title",
    }


@pytest.mark.parametrize(
    "target, sound",
    [
        ("02_page.ipynb", True),
        ("02_page.ipynb#why", True),
        ("#here", True),
        ("images/cat.png", True),
        ("more/03_deep.ipynb#deep", True),
        (f"{SITE}/more/deep.html#deep", True),
        ("https://example.com/x#y", True),
        (f"{SITE}/page.html#why", True),
        (f"{SITE}/page.html", True),
        (f"{SITE}/", True),
        ("02_page.html", False),
        ("02_page.ipynb#because", False),
        ("#there", False),
        ("images/dog.png", False),
        ("03_page.ipynb", False),
        ("03_deep.ipynb", False),
        ("more", False),
        ("more/03_deep.ipynb#page", False),
        (f"{SITE}/page.html#because", False),
        (f"{SITE}/02_page.html", False),
    ],
)
def test_links_to_nothing_are_found(tmp_path, target, sound):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "cat.png").touch()
    pages = {
        tmp_path / "index.ipynb": set(),
        tmp_path / "01_start.ipynb": {"here"},
        tmp_path / "02_page.ipynb": {"why"},
        tmp_path / "more" / "03_deep.ipynb": {"deep"},
    }
    (tmp_path / "more").mkdir()
    for text in (
        f"See [the [1] page]({target}).",
        f'See <a href="{target}">the page</a>.',
        f"[![Cat](x.png)]({target})",
    ):
        found = site_checks.broken_links(markdown(text), tmp_path / "01_start.ipynb", pages, SITE)
        assert len(found) == (not sound), text
    in_code = markdown(f"`[a]({target})`\n\n```\n[a]({target})\n```")
    assert not site_checks.broken_links(in_code, tmp_path / "01_start.ipynb", pages, SITE)


def test_pages_outside_the_sidebar_are_found():
    contents = [
        "index.ipynb",
        {
            "section": "One",
            "contents": ["01_a.ipynb", {"section": "In", "href": "more/02_b.ipynb"}],
        },
    ]
    assert not site_checks.sidebar_gaps(contents, ["index.ipynb", "01_a.ipynb", "more/02_b.ipynb"])
    found = site_checks.sidebar_gaps(contents, ["index.ipynb", "01_a.ipynb", "03_c.ipynb"])
    assert found == [
        "03_c.ipynb is in no sidebar",
        "the sidebar lists more/02_b.ipynb, which is no page",
    ]


def test_an_option_that_quarto_cannot_read_is_found():
    good = notebook(
        ("code", "#| fig-alt: Two curves, one above\nplot()"),
        ("code", '#| fig-alt: "A map: black"\nplot()'),
        ("markdown", "#| fig-alt: A map: black"),
    )
    assert site_checks.unreadable_options(good) == []
    (found,) = site_checks.unreadable_options(
        notebook(("code", "#| export\n#| fig-alt: A map: black\nplot()"))
    )
    assert found == "cell 0: quote the text of #| fig-alt: A map: black"


def test_the_list_for_language_models_follows_the_sidebar(tmp_path):
    (tmp_path / "nbdev.yml").write_text("website: {site-url: https://a.b}")
    section = {"section": "Start", "href": "more/x.qmd", "contents": ["01_a.ipynb"]}
    sidebar = {"website": {"sidebar": {"contents": [section]}}}
    (tmp_path / "sidebar.yml").write_text(json.dumps(sidebar))  # JSON is YAML
    first = json.dumps({"cells": [{"cell_type": "markdown", "source": ["# One\n\n", "> Why"]}]})
    for name in ("index.ipynb", "01_a.ipynb"):
        (tmp_path / name).write_text(first)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.qmd").write_text("---\ntitle: Two\ndescription: How\n---\n\nText")
    assert site_checks.llms_txt(tmp_path) == (
        "# One\n\n> Why\n\n## Start\n\n"
        "- [Two](https://a.b/more/x.md): How\n"
        "- [One](https://a.b/a.html.md): Why\n"
    )


def test_contrast_is_that_of_wcag():
    assert site_checks.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert site_checks.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert site_checks.contrast("#123456", "#123456") == 1


def test_a_link_inside_a_link_is_found():
    good = markdown("See [the `paint` page](a.ipynb) and [`paint`](https://a.b/c.html).")
    assert site_checks.nested_links(good) == []
    bad = markdown("See [[`paint`](https://a.b/c.html)](a.ipynb).")
    assert len(site_checks.nested_links(bad)) == 1


def test_a_citation_without_an_entry_is_found():
    page = markdown("Zhang et al. [-@zhang2016] and others [@zhang2016; @nobody1999] at a@b2000.")
    (found,) = site_checks.unknown_citations(page, {"zhang2016"})
    assert "@nobody1999" in found
