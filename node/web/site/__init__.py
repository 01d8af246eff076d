"""How the pages are made: what a page is, who looks at it, in which language, how it is drawn."""
