"""What a task's folder tells people to type works as it stands there."""

import shlex

from autoretrain_tests.homes import tasks, with_a_task


def test_the_command_of_a_tasks_readme_finishes_it_from_anywhere(tmp_path, monkeypatch, autoretrain):
    home = with_a_task(tmp_path / "a home")
    [(key, _, _)] = tasks(home)
    said = (home.root / "tasks" / key / "README.txt").read_text()
    [command] = [line.strip() for line in said.splitlines() if line.strip().startswith("autoretrain ")]
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUTORETRAIN_HOME", raising=False)
    assert autoretrain(*shlex.split(command)[1:], "--by", "ann").code == 0
    assert (home.root / "tasks" / key / "DONE").is_file()
