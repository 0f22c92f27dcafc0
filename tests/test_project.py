"""What holds the project together: the layers, the README, the site."""

import ast
import csv
import os
import re
import runpy
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

from dlcolorize.color_spaces import srgb_to_lab
from dlcolorize.command_line import app
from dlcolorize.datasets import TESTED_SETS, TRAINING_SETS, USED_SETS
from dlcolorize.evaluation import half_interval

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
NOTEBOOKS = sorted(
    path for path in (ROOT / "nbs").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)


def test_colorizing_does_not_import_the_training_layer():
    program = (
        "import sys, numpy, dlcolorize.command_line, dlcolorize.gallery\n"
        "from dlcolorize import Colorizer\n"
        "Colorizer()(numpy.full((32, 32), 128, 'uint8'))\n"
        "heavy = {'torch', 'fastai', 'kornia', 'pandas', 'matplotlib', 'wandb'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def imports_of(path):
    "List what a module imports from this package, as (module, name), lazy imports included."
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            module = node.module.removeprefix("dlcolorize.")
            if node.level == 1 or module != node.module:
                found += [(module, alias.name) for alias in node.names]
    return found


def test_a_module_imports_from_notebooks_of_lower_numbers_only():
    numbers = {
        path.stem[3:]: int(path.stem[:2]) for path in NOTEBOOKS if re.match(r"\d\d_", path.name)
    }
    modules = [path for path in (ROOT / "dlcolorize").glob("*.py") if path.stem in numbers]
    assert len(modules) > 20
    backwards = [
        (path.stem, module)
        for path in modules
        for module, _ in imports_of(path)
        if numbers[module] >= numbers[path.stem]
    ]
    assert backwards == []


def test_private_helpers_stay_in_their_module():
    modules = (ROOT / "dlcolorize").glob("[!_]*.py")
    taken = [(path.stem, *pair) for path in modules for pair in imports_of(path)]
    assert [triple for triple in taken if triple[2].startswith("_")] == []


def test_the_readme_is_the_index_notebook():
    text, _ = MarkdownExporter().from_filename(ROOT / "nbs" / "index.ipynb")
    text = re.sub(r"(\]\(|src=\")(?=[a-z0-9_]+(/|\.ipynb))", r"\1nbs/", text)
    text = re.sub(r"^<input .*\n", "", text, flags=re.MULTILINE)  # the slider works on the site
    assert README.strip() == text.strip()


def rows_of_scores(tested):
    "Write the README's rows of a set from the results."
    baselines = {"gray copy": "gray copy", r"L\* copy": "L* copy", "one mean color": "mean ab"}
    shipped = {"**dlcolorize**": "test", "dlcolorize, `--vividness 0`": "careful"}
    kinds = dict.fromkeys(baselines, "test") | shipped
    for predictor, kind in kinds.items():
        table = pd.read_csv(ROOT / "results" / "base" / f"{kind}-{tested.name}.csv")
        scores = table.groupby("predictor").mean(numeric_only=True)
        row = scores.loc[baselines.get(predictor, "base")]
        psnr = table.pivot(index="photo", columns="predictor", values="psnr")
        psnr = psnr.loc[table.photo.unique()]  # the order of the file, so all intervals agree
        own, gray = psnr[baselines.get(predictor, "base")], psnr["gray copy"]
        errors = [(10 ** (-each / 10)).mean() for each in (gray, own)]
        pooled = 10 * np.log10(errors[0] / errors[1])
        gains = own - gray
        interval = "" if predictor == "gray copy" else f" ± {half_interval(gains):.2f}"
        gain = f"{gains.mean():+.2f}{interval} | {gains.median():+.2f} | {pooled:+.2f}"
        numbers = f"{row.psnr:.2f} | {row.ssim:.3f} | {gain} | {(own > gray).mean():.0%}"
        colorfulness = row.colorfulness / row.true_colorfulness
        line = f"{tested.title} | {predictor} | {numbers} | {row.ciede2000:.2f}"
        yield f"| {line} | {colorfulness:.2f} |"


def test_the_readmes_numbers_are_those_of_the_results():
    rows = re.findall(r"^\| .+ \| [+-]\d\.\d\d \| \d+% \| .+ \|$", README, re.MULTILINE)
    tested = [each for each in USED_SETS if each.tests]
    assert rows == [row for each in tested for row in rows_of_scores(each)]


def test_the_studys_numbers_in_the_readme_are_those_of_its_page():
    section = README.partition("### What the study found")[2].partition("\n## ")[0]
    page = nbformat.read(ROOT / "nbs" / "65_study_results.ipynb", as_version=4)
    outputs = [each for cell in page.cells for each in cell.get("outputs", [])]
    texts = ["".join(each.get("data", {}).get("text/markdown", "")) for each in outputs]
    interval = re.compile(r"\d+\.\d+ ± \d+\.\d+")
    stated, shown = (set(interval.findall(text)) for text in (section, "\n".join(texts)))
    assert len(stated) > 15 and stated <= shown, stated - shown


def test_the_makefile_uses_the_sets_as_the_package_does():
    "What would be packed, trained on, scored and studied, without doing it."

    def words_of(target, pattern):
        command = ["make", "--dry-run", target, "SOURCES=photos"]
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        return tuple(re.findall(pattern, done.stdout))

    each_of = r"for set in ([^;]+);"
    assert words_of("data", each_of)[0].split() == [each.name for each in USED_SETS]
    studied = tuple(each.name for each in USED_SETS if each.studied and each.tests)
    *trained, exported = words_of("train", r"dlcolorize (?:train|export) .+")
    for each in trained:
        assert tuple(re.findall(r"--data data/(\w+)", each)) == TRAINING_SETS
    assert tuple(re.findall(r"--data data/(\w+)", exported)) == studied
    student = next(each for each in trained if "--out results/base" in each)
    start, *teachers = re.findall(r"--(?:from|teacher) (\S+)", student)
    assert len(teachers) > 1 and start in teachers
    pairs = words_of("evaluate", r"for pair in ([^;]+);")[0].split()
    assert pairs == [f"{name}=photos/{name}" for name in TESTED_SETS]
    assert words_of("evaluate", r"--data data/(\w+)") == TESTED_SETS  # of dlcolorize sizes
    for target in ("study", "search"):
        assert words_of(target, r"--test (\w+)=photos/\w+") == studied


def test_the_readmes_links_and_pictures_are_there():
    targets = re.findall(r"\]\(([^)]+)\)", README) + re.findall(r'src="([^"]+)"', README)
    for target in targets:
        assert target.startswith("https://") or (ROOT / target.partition("#")[0]).exists(), target


def test_the_package_index_gets_a_readme_whose_links_leave_it(monkeypatch):
    facts = {}
    monkeypatch.setattr("setuptools.setup", lambda **given: facts.update(given))
    runpy.run_path(str(ROOT / "setup.py"))
    links = re.findall(r"(!?)\[[^]]*\]\(([^)]+)\)", facts["long_description"])
    here = "https://github.com/dlcolorize/dlcolorize"
    assert all(target.startswith("https://") for _, target in links)
    assert ("!", f"{here}/raw/main/nbs/images/contact_sheet.webp") in links
    assert ("", f"{here}/blob/main/nbs/64_results.ipynb") in links
    pictures = re.findall(r'src="([^"]+)"', facts["long_description"])
    assert pictures[0] == f"{here}/raw/main/nbs/images/home_gray.webp"


def test_quarto_finds_what_it_includes():
    site = yaml.safe_load((ROOT / "nbs" / "_quarto.yml").read_text())
    assert site["project"]["type"] == "website"
    for name in site["metadata-files"]:
        assert yaml.safe_load((ROOT / "nbs" / name).read_text())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_fit_to_be_a_page(path):
    notebook = nbformat.read(path, 4)
    first = notebook.cells[0]
    assert first.cell_type == "markdown" and re.match(r"# .+\n\n> .+", first.source), (
        "a title and a one-line summary first"
    )
    assert path.stat().st_size < 2**20
    if path.stem != "index":
        opening = "\n".join(cell.source for cell in notebook.cells[:6])
        assert "google.colab" in opening and re.search(r"second|minute", opening), (
            "a cell for Colab, and how long the page takes"
        )
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not any(output.output_type == "error" for output in cell.outputs)
            texts = [output.get("text", "") for output in cell.outputs]
            for output in cell.outputs:
                data = output.get("data", {})
                texts += [str(part) for kind, part in data.items() if not kind.startswith("image/")]
            paths = r"/home|/root|/tmp|site-packages"
            assert not any(re.search(paths, text) for text in texts), "a path of one machine"


def test_the_pictures_are_of_a_reasonable_size():
    folder = ROOT / "nbs" / "images"
    pictures = [path for path in folder.rglob("*") if path.suffix in (".png", ".jpg", ".webp")]
    assert len(pictures) >= 4
    for path in pictures:
        with Image.open(path) as image:
            assert max(image.size) <= 2000 and path.stat().st_size < 400_000, path


def test_the_gallery_is_large_and_every_scene_has_its_source():
    folder = ROOT / "nbs" / "images"
    with (folder / "gallery" / "pairs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = [row["name"] for row in rows]
    assert len(set(names)) == len(names) >= 40
    assert sorted(path.stem for path in (folder / "gallery").glob("*.webp")) == sorted(names)
    scenes = {row["name"] for row in rows if row["source"].startswith("Scene")}
    assert scenes == {path.stem for path in (folder / "scenes").glob("*.pov")}
    assert {row["verdict"] for row in rows} == {"right", "plausible", "wrong"}
    assert all(row["caption"] and row["alt"] and row["source"] for row in rows)


def test_the_pictures_of_the_home_page_lie_on_one_another():
    pictures = []
    for name in ("home_gray", "home_color"):
        path = ROOT / "nbs" / "images" / f"{name}.webp"
        assert path.stat().st_size < 150_000
        with Image.open(path) as image:
            pictures.append(np.asarray(image.convert("RGB"), float))
    gray, color = pictures
    assert gray.shape == color.shape and gray.shape[1] >= 1200
    assert np.ptp(gray, axis=-1).max() < 4 and np.ptp(color, axis=-1).mean() > 20
    difference = np.abs(srgb_to_lab(color / 255)[..., 0] - srgb_to_lab(gray / 255)[..., 0])
    assert difference.mean() < 1  # what WebP changes


def parameters_of(function):
    "List what a caller passes: all parameters of a function, without self and cls."
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [each for each in (arguments.vararg, arguments.kwarg) if each]
    return [each for each in (*named, *starred) if each.arg not in ("self", "cls")]


def methods_of(tree):
    "List the methods of a module as (class, method), patched ones too."
    found = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found += [(node.name, method) for method in methods]
        elif "patch" in map(ast.unparse, getattr(node, "decorator_list", [])):
            found.append((ast.unparse(node.args.args[0].annotation), node))
    return found


def is_overridden(name, method, bases, methods):
    "Check whether a class of the package, which a class refines, documents the method already."
    return any(
        (base, method) in methods or is_overridden(base, method, bases, methods)
        for base in bases.get(name, ())
    )


def undocumented(paths):
    "List parameters of what modules export that have no comment, as (module, name, parameter)."
    trees = {path: ast.parse(path.read_text()) for path in paths}
    bases = {
        node.name: [ast.unparse(base) for base in node.bases]
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }
    all_methods = {
        (name, method.name) for tree in trees.values() for name, method in methods_of(tree)
    }
    found = []
    for path, tree in trees.items():
        exported = next(
            ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
        )
        functions = [
            (node.name, node)
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and node.name in exported
        ]
        functions += [
            (f"{name}.{method.name}", method)
            for name, method in methods_of(tree)
            if not name.startswith("_")
            and (not method.name.startswith("_") or method.name in ("__init__", "__call__"))
            and method.name != "forward"  # of a network: the class gives the shapes
            and not is_overridden(name, method.name, bases, all_methods)
        ]
        lines = path.read_text().splitlines()
        found += [
            (path.stem, name, parameter.arg)
            for name, function in functions
            for parameter in parameters_of(function)
            if "#" not in lines[parameter.end_lineno - 1]
        ]
    return found


def test_every_parameter_of_an_exported_function_has_a_comment():
    programs = [app, *(group.typer_instance for group in app.registered_groups)]
    commands = [each.callback for program in programs for each in program.registered_commands]
    have_help = {(each.__module__.removeprefix("dlcolorize."), each.__name__) for each in commands}
    assert len(have_help) > 15  # the parameters of a command have help texts
    found = undocumented((ROOT / "dlcolorize").glob("[!_]*.py"))
    assert [each for each in found if each[:2] not in have_help] == []


def test_the_study_in_the_readme_has_the_numbers_of_its_table():
    with open(ROOT / "results" / "study-cpu" / "table-comparisons.csv", encoding="utf-8") as file:
        rows = {(row["what changes"], row["tested on"]): row for row in csv.DictReader(file)}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    space, unshrunk = rows["trained on coco", "coco"], rows["trained on coco", "coco, unshrunk"]
    encoder = rows["encoder: random to ImageNet", "coco"]
    ahead, behind = (row["difference"].removeprefix("-") for row in (space, unshrunk))
    for words in (
        f"{ahead} ± {space['both']} dB in PSNR (p = {space['p, corrected']}, corrected",
        f"({behind} ± {unshrunk['both']} dB)",
        f"gains {encoder['difference']} ± {encoder['photographs']} dB more",
    ):
        assert words in readme, words
