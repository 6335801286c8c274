"""Rendered four-channel cells: 28 patterns, an honest imbalance, the same bytes on every machine.

    randomness   integers from a hash of the sample's id -> uniforms, near-normals, directions
    drawing      points, discs, lines, noise and blur on a canvas, from exactly rounded operations
    sites        cell lines and microscopes: what differs between images, and between two sites
    layout       where the cells of one image lie; who divides, who touches whom
    scene        the maps that patterns are painted on: nuclei, bodies, edges, contacts, filaments
    nuclear, vesicles, fibres, regions      the 28 patterns, by what they are drawn with
    optics       stains -> point spread, gain, shot noise -> bytes
    labels       which patterns an image has, and which labels are knowingly wrong
    rendering    one sample, from its description
    packing      many samples, on every core, into a dataset

No step from id to bytes calls a transcendental function, a reduction over floats, BLAS or a
sampler: those differ in the last bit between processors and library versions. What is left
(+, -, *, /, sqrt, comparisons, integers) is rounded the same way by every IEEE 754 machine.
"""
