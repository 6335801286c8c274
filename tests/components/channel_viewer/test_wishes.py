"""What the viewer tells the server: one message at a time, the newest, until it is heard."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PLAY = """(() => {
  const timers = new Map();
  globalThis.setTimeout = (act, delay) => { timers.set(timers.size, { act, delay }); return timers.size - 1; };
  globalThis.clearTimeout = (timer) => timers.delete(timer);
  const sent = [];
  const wishes = new core.Wishes((wish) => sent.push(wish.sequence));
  wishes.begin(input.begun);
  const taken = [];
  for (const { make, hear, late } of input.acts) {
    if (make !== undefined) wishes.make({}, { shown: make });
    if (hear !== undefined) taken.push(wishes.hear(hear));
    if (late) for (const [timer, { act, delay }] of [...timers]) {
      timers.delete(timer);
      act();
      taken.push(delay);
    }
  }
  return { sent, taken, waiting: timers.size, newest: wishes.newest?.sequence ?? null };
})()"""  # noqa: E501 - JavaScript
SHOWN, AHEAD, LATE = {"make": True}, {"make": False}, {"late": True}


def hear(number: int) -> dict[str, int]:
    return {"hear": number}


def play(javascript, *acts: dict[str, Any], begun: int | None = 0) -> dict[str, Any]:
    return javascript(PLAY, {"begun": begun, "acts": acts})


def test_while_one_is_under_way_only_the_newest_follows_it(javascript) -> None:
    played = play(javascript, SHOWN, SHOWN, SHOWN, hear(1), hear(3))
    assert played["sent"] == [1, 3]
    assert (played["waiting"], played["newest"]) == (0, None)


def test_an_answer_from_before_what_is_shown_undoes_nothing(javascript) -> None:
    assert play(javascript, SHOWN, hear(0), hear(1))["taken"] == [False, True]
    assert play(javascript, AHEAD, hear(0), hear(1))["taken"] == [True, True]


def test_what_is_not_heard_is_sent_again_ever_later(javascript) -> None:
    played = play(javascript, SHOWN, LATE, SHOWN, LATE, LATE, hear(2))
    assert played["sent"] == [1, 1, 2, 2]  # The newest, once there is a newer one.
    assert played["taken"] == [800, 1600, 3200, True]
    assert played["waiting"] == 0


def test_a_viewer_counts_on_from_what_was_heard_and_one_that_is_not_heard_is_silent(
    javascript,
) -> None:
    assert play(javascript, SHOWN, hear(8), begun=7)["sent"] == [8]
    silent = play(javascript, SHOWN, {"hear": None}, begun=None)
    assert (silent["sent"], silent["taken"]) == ([], [True])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["make", "lost", "heard"]), max_size=20))
def test_whatever_is_lost_the_server_comes_to_the_newest_and_is_not_told_twice_at_once(
    javascript, events: list[str]
) -> None:
    """Play a server that hears or loses the message under way; then let every one arrive."""
    acts: list[dict[str, Any]] = []
    made, under_way = 0, None
    for event in [*events, "heard", "heard"]:
        if event == "make":
            made += 1
            acts.append(SHOWN)
            under_way = under_way or made
        elif under_way and event == "lost":
            acts.append(LATE)
            under_way = made
        elif under_way:
            acts.append(hear(under_way))
            under_way = None if under_way == made else made
    played = play(javascript, *acts)
    assert (played["newest"], played["waiting"]) == (None, 0)
    assert played["sent"][-1:] == ([made] if made else [])
