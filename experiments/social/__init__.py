"""Others: their pain, their faces, what they know, and what drives about them do to a life."""
