"""The page of the web chat: its templates, style, modules, and what reads a request and renders a page."""
