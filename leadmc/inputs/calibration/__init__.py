"""Where the drivers' numbers come from: each fitted to public files of CMS, with its standard error and its source."""
