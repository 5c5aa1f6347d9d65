"""Data sets of people's own pictures: a folder with a JSON-lines file, and COCO with VisDial."""
