import json

import pytest

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="样例" namespace="urn:sample">'
RULE = f"""{HEAD}
  <inputData id="i" name="age"><variable name="age" typeRef="number"/></inputData>
  <decision id="o" name="old"><variable name="old" typeRef="boolean"/>
    <informationRequirement id="r"><requiredInput href="#i"/></informationRequirement>
    <literalExpression><text>age >= 60</text></literalExpression></decision>
</definitions>"""


@pytest.fixture
def rule(tmp_path):
    path = tmp_path / "old.dmn"
    path.write_text(RULE, encoding="utf-8")
    return path


def cases(rule, text):
    rule.with_name("old.cases.yaml").write_text(text, encoding="utf-8")


def test_the_rules_of_every_service_hold_and_their_examples_pass(huimin):
    assert huimin("rules", "check").returncode == 0
    done = huimin("rules", "test", "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["examples"] > 10


def test_a_rule_that_is_wrong_is_one_with_file_place_and_reason(huimin, rule):
    rule.write_text(RULE.replace("age >= 60", "ag >= 60"), encoding="utf-8")
    done = huimin("rules", "check", str(rule), "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert not found["ok"]
    assert found["problems"][0]["file"] == str(rule)
    assert "ag" in found["problems"][0]["message"]


def test_a_rule_that_cannot_be_run_on_everyone_is_one_with_place_and_reason(huimin, rule):
    rule.write_text(RULE.replace("age >= 60", "age / 7 / 3 >= 60"), encoding="utf-8")
    done = huimin("rules", "check", str(rule), "--json")
    assert done.returncode == 1
    [found] = json.loads(done.stdout)["problems"]
    assert found["code"] == "lower.quotient"
    assert "'old'" in found["place"]
    assert "age / 7" in found["place"]


def test_a_file_that_is_no_rule_is_a_problem_not_a_crash(huimin, rule):
    rule.write_text("not xml", encoding="utf-8")
    done = huimin("rules", "check", str(rule))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_examples_that_pass_are_nought(huimin, rule):
    cases(
        rule,
        "- {case: 六十岁算老年, given: {age: 60}, expect: true}\n- {case: 五十九不算, given: {age: 59}, expect: false}\n",
    )
    done = huimin("rules", "test", str(rule), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["examples"] == 2


def test_an_example_that_fails_is_one_with_its_sentence_and_both_values(huimin, rule):
    cases(rule, "- {case: 六十岁算老年, given: {age: 60}, expect: false}\n")
    done = huimin("rules", "test", str(rule))
    assert done.returncode == 1
    assert "六十岁算老年" in done.stderr
    assert "expected False, found True" in done.stderr


@pytest.mark.parametrize("text", ["- {case: x, given: {}}\n", "- just text\n", "{broken: [\n"])
def test_examples_that_cannot_be_read_are_two(huimin, rule, text):
    cases(rule, text)
    done = huimin("rules", "test", str(rule))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_an_outcome_is_explained_with_the_facts_that_were_read(huimin, rule):
    done = huimin("rules", "explain", str(rule), "-f", "age=61.5", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["outcome"] is True
    assert found["facts"] == {"age": "61.5"}


def test_facts_can_come_from_a_file(huimin, rule, tmp_path):
    (tmp_path / "facts.json").write_text('{"age": 20}')
    done = huimin("rules", "explain", str(rule), "--given", str(tmp_path / "facts.json"), "--json")
    assert json.loads(done.stdout)["outcome"] is False


def test_a_missing_fact_is_said(huimin, rule):
    assert "age" in huimin("rules", "explain", str(rule)).stderr


@pytest.mark.parametrize("arguments", [["-f", "age"], ["--decision", "young"], ["--given", "/no/such/file"]])
def test_wrong_arguments_of_explain_are_two(huimin, rule, arguments):
    done = huimin("rules", "explain", str(rule), *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_folder_that_is_not_there_is_two(huimin):
    done = huimin("rules", "check", "/no/such/folder")
    assert done.returncode == 2
    assert "/no/such/folder" in done.stderr


# The public test kit

KIT = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>{model}</modelName>
  <testCase id="001"><inputNode name="age"><value xsi:type="xsd:decimal">61</value></inputNode>
    <resultNode name="old"><expected><value xsi:type="xsd:boolean">true</value></expected></resultNode></testCase>
  <testCase id="002"><resultNode name="old" errorResult="true"><expected><value xsi:nil="true"/></expected>
    </resultNode></testCase></testCases>"""


@pytest.fixture
def kit(tmp_path):
    folder = tmp_path / "kit" / "compliance-level-3" / "0001-old"
    folder.mkdir(parents=True)
    (folder / "old.dmn").write_text(RULE, encoding="utf-8")
    (folder / "old-test-01.xml").write_text(KIT.format(model="old.dmn"), encoding="utf-8")
    return tmp_path / "kit"


def test_the_test_kit_says_per_level_how_many_cases_pass(huimin, kit):
    done = huimin("rules", "tck", str(kit), lang="zh")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "compliance-level-3: 2 passed, 0 failed",
        "compliance-level-3 expecting a value: 1 passed, 0 failed",
    ]
    one = huimin("rules", "tck", str(kit / "compliance-level-3" / "0001-old"))
    assert one.stdout == done.stdout


def test_what_is_broken_in_a_kit_fails_and_stops_nothing(huimin, kit):
    folder = kit / "compliance-level-3" / "0001-old"
    (folder / "gone-test-01.xml").write_text(KIT.format(model="gone.dmn"), encoding="utf-8")
    (folder / "torn-test-01.xml").write_text("<testCases", encoding="utf-8")
    done = huimin("rules", "tck", str(kit), "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["levels"]["compliance-level-3"]["all"] == {"passed": 2, "failed": 3}
    assert [case["passed"] for case in found["cases"]] == [False, False, True, True, False]
    assert "gone.dmn" in found["cases"][0]["reason"]


def test_a_folder_without_a_case_is_said_so(huimin, tmp_path):
    assert huimin("rules", "tck", str(tmp_path)).returncode == 2
