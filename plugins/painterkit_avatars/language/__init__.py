"""What people say about a face: captions, dialogues and attribute turns."""
