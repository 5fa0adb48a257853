"""What a connector says, as results: each fault of its own, and what to do apart from what is wrong."""

from __future__ import annotations

from connectors.errors import ConnectorError, Fault, FileFaults
from welltegra.doctor.result import Result, State, of_error


def test_that_each_fault_of_a_file_is_a_result_with_its_line() -> None:
    faults = [
        Fault("a.yaml", 3, "unit must be known", "'x'", "Write 'spm'."),
        Fault("a.yaml", None, "it must be there", "not", "Make it."),
    ]
    assert list(of_error("rules", FileFaults(faults))) == [
        Result("rules", State.WRONG, "a.yaml line 3: unit must be known; was 'x'.", "Write 'spm'."),
        Result("rules", State.WRONG, "a.yaml: it must be there; was not.", "Make it."),
    ]


def test_that_what_to_do_stands_apart_from_what_is_wrong() -> None:
    error = ConnectorError(
        "Kafka at 127.0.0.1:9092: must answer within 5 s; did not (a.b:\nno). Is it running? Start it."
    )
    (result,) = of_error("kafka", error)
    assert result.found == "Kafka at 127.0.0.1:9092: must answer within 5 s; did not (a.b: no)."
    assert result.remedy == "Is it running? Start it."


def test_that_a_sentence_without_a_remedy_is_kept_whole() -> None:
    (result,) = of_error("kafka", ConnectorError("it must be there; is not"))
    assert (result.found, result.remedy) == ("it must be there; is not", "")


def test_that_of_many_faults_the_first_are_results_and_how_many_more() -> None:
    faults = [Fault("a.yaml", line, "it must be so", "not", "Mend it.") for line in range(1, 101)]
    found = list(of_error("tag map", FileFaults(faults)))
    assert (len(found), found[49].found) == (51, "a.yaml line 50: it must be so; was not.")
    assert (found[50].state, found[50].found) == (State.WRONG, "... and 50 more.")
