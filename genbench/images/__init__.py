"""Images: pictures from anywhere become features, once each, and what makes a comparison unfair."""
