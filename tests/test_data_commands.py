"""The commands that list, prepare and check sets."""

from packing import coffee

from dlcolorize.datasets import USED_SETS


def test_the_sets_of_a_module_are_listed(run, tmp_path, monkeypatch):
    from dlcolorize.datasets import CATALOG

    monkeypatch.setitem(CATALOG, "attic", None)  # taken out again at the end
    del CATALOG["attic"]
    (tmp_path / "sets.py").write_text(
        "from dlcolorize.datasets import CATALOG, PhotoSet\n"
        "CATALOG['attic'] = PhotoSet('attic', 'photographs of one house', license='private')\n"
    )
    assert "attic" not in run("data", "list").stdout
    assert "attic: photographs of one house" in run("data", "list", "--import", "sets.py").stdout
    result = run("data", "list", "--import", "nowhere")
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 1 and line.startswith("dlcolorize: nowhere: it cannot be imported")


def test_an_unknown_set_is_wrong_usage(run):
    for command in (("prepare", "cocoo"), ("check", "cocoo", "photos")):
        result = run("data", *command)
        line = result.stderr.splitlines()[-1]
        assert result.exit_code == 2 and "cocoo: no set of this name; did you mean coco" in line
    result = run("data", "check", "coco", "photos")
    assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1


def test_a_check_of_another_folder_says_which_one_it_takes(run, tmp_path):
    (tmp_path / "photos").mkdir()
    coffee.save(tmp_path / "photos" / "COCO_val2014_000000000074.jpg")
    result = run("data", "check", "coco", "photos")
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 1 and not result.stdout
    assert line.startswith("dlcolorize: coco: none of its photographs are in photos; give the ")
    assert "its folders train, valid and test, such as photos/coco, " in line
    (tmp_path / "photos" / "test").mkdir()
    coffee.save(tmp_path / "photos" / "test" / "COCO_val2014_000000000074.jpg")
    result = run("data", "check", "coco", "photos")
    assert result.stderr.splitlines() == [
        "dlcolorize: coco: 4,999 are not there, the first of them "
        "test/COCO_val2014_000000000133.jpg",
        "dlcolorize: coco: 1 are not of the set, the first of them COCO_val2014_000000000074.jpg",
        "dlcolorize: coco: 1 were changed, or saved again from the public set, the first of them "
        "test/COCO_val2014_000000000074.jpg",
    ]


def test_a_public_set_is_not_taken_for_one_of_the_study(run):
    "coco-5k is COCO 2017, and coco is made from COCO 2014."
    sets = ", ".join(used.name for used in USED_SETS)
    made = {"coco-5k": f"there are {sets}", "folder": f"there are {sets}",
            "coco-40k": "coco is made from it", "imagewoof": "dogs is made from it"}  # fmt: skip
    for name, said in made.items():
        result = run("data", "check", name, "photos")
        line = result.stderr.splitlines()[-1]
        assert result.exit_code == 2 and line == (
            f"Error: Invalid value: {name}: not a set of the study, and only those are compared; "
            f"{said}"
        )
