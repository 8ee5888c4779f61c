"""A stand-in for a CVAT server: stateful, over real HTTP on loopback, for the real cvat-sdk to speak to.

    from autoretrain_tests.cvat.fixtures import cvat_server   # in a conftest: a server for each test

    def test_it(cvat_server):
        cvat_server.url, cvat_server.token                    # the admin's; also admin / admin-password
        cvat_server.token_of("ann")                           # annotators: ann, bob (password NAME-password)
        cvat_server.faults.add("POST /api/tasks$", "cut after")        # once; times=2, skip=1, seconds=.5
        cvat_server.log.count("POST /api/tasks$")             # how often it was asked; log.clear() to begin anew
        Person(cvat_server).finish(task_id, {"a.jpg": [("car", 1, 2, 30, 40)]})

Kinds of faults: `faults.Kind`. The state itself is `server.world`: hold `world.lock` to read or change it.
Give the SDK `Config(status_check_period=.01)`: what runs in the background is done at the first question.
"""
