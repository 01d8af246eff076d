"""How the pages are made: what a page is, who looks at it, in which language, from which template."""
