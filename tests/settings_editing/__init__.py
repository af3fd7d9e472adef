"""Tests of monitor.settings_editing."""
