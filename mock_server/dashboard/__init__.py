"""The dashboard at `/_mock/`: what a person sees of a universe, and how a hand reaches into it.

It is plain HTML, style and scripts from the package (`assets/`), which nothing builds and nothing fetches from
elsewhere. What it shows it reads as JSON: of the control API what that has, and of `/_mock/dashboard/` what is
made for it alone and is no part of the control API.
"""
