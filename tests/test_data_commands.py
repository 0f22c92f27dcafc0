"""The commands that list, prepare and check sets."""



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
