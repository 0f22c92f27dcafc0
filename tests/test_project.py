"""What holds the project together: the layers, the README, the site."""
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml
from nbconvert import MarkdownExporter
from PIL import Image

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "nbs").glob("*.ipynb"))


def test_colorizing_does_not_import_the_training_layer():
    program = (
        "import sys, numpy, dlcolorize.command_line, dlcolorize.gallery\n"
        "from dlcolorize import Colorizer\n"
        "Colorizer()(numpy.full((32, 32), 128, 'uint8'))\n"
        "print(sorted({'torch', 'fastai', 'kornia', 'pandas', 'matplotlib', 'wandb'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "[]"


def test_the_readme_is_the_index_notebook():
    text, _ = MarkdownExporter().from_filename(ROOT / "nbs" / "index.ipynb")
    assert (ROOT / "README.md").read_text().strip() == re.sub(r"\]\((images/|\d\d_)", r"](nbs/\1", text).strip()


def test_the_readmes_numbers_are_those_of_the_results():
    rows = re.findall(r"^\| (COCO|dogs|landscapes) \| (.+?) \| (.+) \|$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(rows) == 12
    for name, answer, numbers in rows:
        file = f"{'careful' if '--vividness 0' in answer else 'test'}-{name.lower()}.csv"
        scores = pd.read_csv(ROOT / "results" / "base" / file).groupby("answer").mean(numeric_only=True)
        row = scores.loc["base" if "dlcolorize" in answer else {"gray copy": "gray copy", "one mean color": "mean ab"}[answer]]
        gain = row.psnr - scores.loc["gray copy"].psnr
        expected = [row.mae, row.psnr, row.ssim, gain, row.colorfulness / row.true_colorfulness]
        assert np.abs(np.array(numbers.split(" | "), float) - expected).max() < 0.0051, (name, answer)


def test_the_readmes_links_and_pictures_are_there():
    for target in re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text()):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_sidebar_lists_every_notebook_in_order():
    contents = yaml.safe_load((ROOT / "nbs" / "sidebar.yml").read_text())["website"]["sidebar"]["contents"]
    listed = [page for part in contents for page in (part["contents"] if isinstance(part, dict) else [part])]
    assert listed == ["index.ipynb"] + [path.name for path in NOTEBOOKS if path.name != "index.ipynb"]


def test_quarto_finds_what_it_includes():
    site = yaml.safe_load((ROOT / "nbs" / "_quarto.yml").read_text())
    assert site["project"]["type"] == "website"
    for name in site["metadata-files"]:
        assert yaml.safe_load((ROOT / "nbs" / name).read_text())


def test_every_notebook_becomes_a_page_with_its_reference(tmp_path):
    "What `nbdev_docs` does before Quarto renders: notebooks are processed, documentation of what they export is filled in."
    for name in ("nbs", "dlcolorize", "settings.ini", "setup.py", "_quarto.yml"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    program = "from nbdev.serve import proc_nbs; proc_nbs(n_workers=0)"  # torch is imported once, not by each worker
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, capture_output=True)
    for path in NOTEBOOKS:
        page = tmp_path / "_proc" / path.name
        assert page.exists(), f"{path.name} was not processed"
        assert "Traceback" not in page.read_text()
    assert "### Colorizer\\n" in (tmp_path / "_proc" / "14_colorizing.ipynb").read_text()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_fit_to_be_a_page(path):
    notebook = nbformat.read(path, 4)
    first = notebook.cells[0]
    assert first.cell_type == "markdown" and re.match(r"# .+\n\n> .+", first.source), "a title and a one-line summary first"
    assert path.stat().st_size < 2**20
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not any(output.output_type == "error" for output in cell.outputs)
            texts = [output.get("text", "") or str({kind: part for kind, part in output.get("data", {}).items() if not kind.startswith("image/")})
                     for output in cell.outputs]
            assert not any(re.search(r"/home|/root|/tmp|site-packages", text) for text in texts), "a path of one machine"


def test_the_pictures_are_of_a_reasonable_size():
    for path in (ROOT / "nbs" / "images").iterdir():
        with Image.open(path) as image:
            assert max(image.size) <= 2000 and path.stat().st_size < 400_000
