"""Data sets of pictures on your disk: your own with a JSON-lines file, COCO with VisDial, CUB."""
