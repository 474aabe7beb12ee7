"""The studio: a local web server whose page paints labels and shows how the photograph changes.

`scumble.studio.app.create_app` makes the application; everything that the page does is in its
typed interface.
"""
