"""The page at `/_mock/`: what a person sees of a world, and how a hand reaches into it.

It is plain HTML, style and scripts from the package (`assets/`), which nothing builds and nothing fetches from
elsewhere. What it shows it reads as JSON: of the control API what that has, and of `/_mock/page/` what is made for the
page alone and is no part of the control API.
"""
