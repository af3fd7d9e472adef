"""Tests of dashboard.settings."""
