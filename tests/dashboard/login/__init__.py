"""Tests of the gate and the login's pages."""
