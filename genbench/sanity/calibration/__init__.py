"""Calibration: do standard errors say how much numbers scatter when all samples are drawn anew?"""
