"""What a saved picture says of itself, read back by Pillow."""

from io import BytesIO

import numpy as np
from PIL import Image

from tests.components.channel_viewer.conftest import Javascript

SHOWN = "core.shownChannels(core.withChannel(core.solo(core.plainMixer(), 1), 1, { hi: 51 }))"


def test_texts_are_put_into_a_picture_that_stays_as_it_is(javascript: Javascript) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    file = BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    texts = {"Description": "Image α\nprotein: 0 to 51", "Software": "HPA Workbench"}
    given = {"png": list(file.getvalue()), "texts": texts}
    parts = javascript(
        "core.withTexts(Uint8Array.from(input.png), input.texts).map((part) => [...part])", given
    )
    saved = Image.open(BytesIO(b"".join(map(bytes, parts))))
    np.testing.assert_array_equal(np.asarray(saved), pixels)
    assert saved.info == texts


def test_the_name_of_a_picture_tells_its_mix(javascript: Javascript) -> None:
    mixers = ["core.plainMixer()", "{ ...core.plainMixer(), preset: 'safe', inverted: true }"]
    names = [
        javascript(f"core.pictureName('demo-1', core.shownChannels({mixer}), {mixer})")
        for mixer in mixers
    ]
    assert names == [
        "demo-1_hpa_MT_protein_nucleus_ER.png",
        "demo-1_safe_inverted_MT_protein_nucleus_ER.png",
    ]
    one = javascript(f"core.pictureName('demo-1', {SHOWN}, core.plainMixer())")
    assert one == "demo-1_hpa_protein-0-51.png"


def test_the_words_of_a_picture_lead_back_to_its_mix(javascript: Javascript) -> None:
    words = javascript(f"core.pictureText(['Image a'], {SHOWN}, core.solo(core.plainMixer(), 1))")
    *told, link = words.split("\n")
    assert told == ["Image a", "protein: #00ff00, 0 to 51, gamma 1"]
    found = javascript("core.readMixerText(input)", link.removeprefix("mixer="))
    assert found == javascript("core.solo(core.plainMixer(), 1)")
