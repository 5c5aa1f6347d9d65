"""What people say about a face: captions, dialogues, attribute turns and instructions."""
