"""Images of a queue are asked for early, one request at a time, and never twice."""

from tests.components.label_pad.conftest import Javascript

# A queue of numbered images that never hands out what the pad says it holds.
QUEUE = """
const asked = [];
const stock = Array.from({ length: input.stock }, (_, at) => task(`i${at}`));
const client = { post: async (path, { want, holding }) => {
  asked.push([want, holding.length]);
  const free = stock.filter(({ id }) => !holding.includes(id) && !decided.has(id));
  return { tasks: free.slice(0, want), left: stock.length - decided.size };
} };
const decided = new Set();
const desk = new core.Desk(newKey);
const feed = new core.TaskFeed(client, { queue: {}, question: input.question }, desk, () => {});
const decide = () => { decided.add(desk.task.id); desk.decide('save'); feed.refill(); };
"""


def test_more_is_asked_for_while_enough_is_left_and_an_end_is_an_end(
    javascript: Javascript,
) -> None:
    asked, starved, waiting, progress = javascript(
        QUEUE
        + """feed.refill(); feed.refill();
        await settle();
        let starved = 0;
        while (desk.task) {
          decide();
          if (!desk.task && !feed.exhausted) starved += 1;
          await settle();
        }
        return [asked, starved, feed.waiting, feed.progress];""",
        {"stock": 23, "question": None},
    )
    assert asked[0] == [10, 0]
    assert all(0 < holding < 6 for _, holding in asked[1:])
    assert starved == 0
    assert "Nothing is left" in waiting
    assert progress == "23 decided on this visit · 0 left in the queue"


def test_a_grid_has_the_next_one_ready(javascript: Javascript) -> None:
    first, ready, asked = javascript(
        QUEUE
        + """feed.refill();
        await settle();
        const sizes = [feed.page.length, feed.nextPage.length];
        desk.decideMany(feed.page.map((each) => ({ task: each, labels: [7] })));
        for (const { id } of desk.tasks.slice(0, 48)) decided.add(id);
        feed.refill();
        await settle();
        return [sizes, [feed.page.length, feed.nextPage.length], asked];""",
        {"stock": 200, "question": 7},
    )
    assert first == ready == [48, 48]
    assert asked == [[96, 0], [96, 48]]


def test_trouble_is_told_and_asked_again_and_a_stranger_waits_for_the_page(
    javascript: Javascript,
) -> None:
    trouble, exhausted = javascript(
        QUEUE
        + """client.post = async () => { throw new core.StrangerError('too old.'); };
        await feed.refill();
        return [feed.waiting, feed.exhausted];""",
        {"stock": 5, "question": None},
    )
    assert trouble == "No image can be loaded: too old."
    assert exhausted
