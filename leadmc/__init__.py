"""leadmc: Monte Carlo risk analysis for the CMS LEAD model."""

__version__ = "0.1.0"
