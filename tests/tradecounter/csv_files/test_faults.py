from tradecounter.csv_files.faults import CARD, SHOWN, shortened


def test_a_card_number_is_not_repeated_in_a_report() -> None:
    """PA-2, OB-1: a report is a file that stays."""
    assert shortened("pays with 4111 1111 1111 1111") == CARD
    assert shortened("x" * SHOWN + "4111111111111111") == CARD
    assert shortened("4006381333930") == "4006381333930"
