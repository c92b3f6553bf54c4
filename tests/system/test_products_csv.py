"""Products and prices go in and out as CSV on a running system, plain and in Shopify's layout."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.running import Client, Json, System

pytestmark = [pytest.mark.timeout(600)]

DATA = Path(__file__).parents[1] / "data"
CATALOG = "/api/catalog/v1"
SHOPIFY = ("--layout", "shopify", "--site", "uk", "--location", "central")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    running = System(tmp_path_factory.mktemp("products") / "data").start()
    yield running
    running.stop()


@pytest.fixture
def client(system: System) -> Client:
    return system.client()


def _run(system: System, *words: str | Path, code: int = 0) -> str:
    done = system.run(*map(str, words), check=False)
    assert done.returncode == code, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return [*csv.DictReader(file)]


def _file(directory: Path, *lines: str) -> Path:
    path = directory / "file.csv"
    path.write_text("\n".join(lines))
    return path


def _product(client: Client, code: str) -> Json:
    return client.get(f"{CATALOG}/products/{code}")


def _lines(path: Path) -> list[tuple[str, str, str]]:
    return [(row["line"], row["column"], row["code"]) for row in _rows(path)]


def _unchanged(said: str) -> None:
    assert "0 created, 0 changed" in said
    assert ", 0 refused" in said


def test_products_come_in_and_back(system: System, client: Client, tmp_path: Path) -> None:
    """OB-1, CP-2: a dry run changes nothing, a second run and an export neither."""
    file = DATA / "products.csv"
    assert "3 to be created" in _run(system, "products", "import", file, "--dry-run")
    known = {one["code"] for one in client.get(f"{CATALOG}/product-records")["items"]}
    assert "POSTER" not in known
    assert "3 created" in _run(system, "products", "import", file)
    _unchanged(_run(system, "products", "import", file))
    poster = _product(client, "POSTER")
    assert poster["options"] == [
        {"name": "Size", "values": ["A3", "A2"]},
        {"name": "Paper", "values": ["White", "Kraft"]},
    ]
    first, _, third = poster["variants"]
    assert first["barcodes"] == ["5012345000011", "5012345000028"]
    assert third["prices"] == {"uk": {"minor": 2400, "currency": "GBP"}}

    export = tmp_path / "export.csv"
    _run(system, "products", "export", export)
    _unchanged(_run(system, "products", "import", export))
    wanted = {code: _product(client, code) for code in ("POSTER", "GIFTWRAP", "MUG-01")}
    changed = _file(
        tmp_path,
        "code,name,active,description,price:uk",
        "GIFTWRAP,Wrapping,no,=Paper,5.00",
        "MUG-01,Mug,yes,Hot,13.00",
    )
    assert "2 changed" in _run(system, "products", "import", changed)
    assert "2 changed" in _run(system, "products", "import", export)
    for code, before in wanted.items():
        assert _product(client, code) | {"version": 0} == before | {"version": 0}


def test_what_a_file_does_not_say_stays(system: System, client: Client, tmp_path: Path) -> None:
    before = _product(client, "LAMP-OAK")
    file = _file(tmp_path, "code,name,price:uk", "LAMP-OAK,Oak lamp,80.00")
    assert "1 changed" in _run(system, "products", "import", file)
    after = _product(client, "LAMP-OAK")
    price = {"minor": 8000, "currency": "GBP"}
    assert after["name"] == "Oak lamp"
    assert after["prices"] == before["prices"] | {"uk": price}
    assert after["prices"].keys() == {"uk", "trade", "de"}


def test_bad_rows_are_reported_and_the_others_taken(system: System, tmp_path: Path) -> None:
    """OB-1: an error report by row, what the service refuses included."""
    file = _file(
        tmp_path,
        "code,name,categories,option1_name,option1_value,sku,weight_grams",
        "BAD-1,One,no-such,,,,",
        "BAD-2,Two,,Size,M,B2-M,1",
        "BAD-2,,,,M,B2-M2,1",
        "BAD-3,Three,,,,,-5",
        "BAD-4,Four,,Size,M,MUG-01,1",
        "GOOD,Good,,,,,1",
        "BAD-5,,,,,,1",
    )
    errors = tmp_path / "errors.csv"
    said = _run(system, "products", "import", file, "--errors", errors, code=1)
    assert "1 created, 0 changed, 0 unchanged, 5 refused" in said
    assert [(one["line"], one["column"], one["code"]) for one in _rows(errors)] == [
        ("2", "categories", "UNKNOWN_CATEGORY"),
        ("4", "option1_value", "DUPLICATE_VARIANT"),
        ("5", "weight_grams", "OUT_OF_RANGE"),
        ("6", "sku", "SKU_TAKEN"),
        ("8", "name", "FIELD_REQUIRED"),
    ]
    unknown = _file(tmp_path, "code,name,price:fr", "GOOD,Good,1.00")
    assert "1 refused" in _run(system, "products", "import", unknown, code=1)


def test_shopifys_layout_comes_in_and_back(system: System, client: Client, tmp_path: Path) -> None:
    """OB-1: the column layout of Shopify's product CSV; a round trip gives the same products."""
    file = DATA / "shopify-products.csv"
    words = ("products", "import", file, *SHOPIFY)
    assert "3 to be created, 0 to be changed, 0 unchanged, 0 refused" in _run(
        system, *words, "--dry-run"
    )
    assert "3 created" in _run(system, *words)
    _unchanged(_run(system, *words))
    tee = _product(client, "summer-tee")
    assert tee["categories"] == ["organic-cotton", "summer", "t-shirts"]
    category = client.get(f"{CATALOG}/categories/organic-cotton")
    assert category["name"] == "Organic cotton"
    stock = client.get(f"{CATALOG}/stock", location="central", limit="200")["items"]
    assert {one["sku"]: one["on_hand"] for one in stock}["ST-B-M"] == 40

    names = ["A", "B", "C", "D"]
    four = {
        "name": "Four options",
        "options": [{"name": name, "values": ["x"]} for name in names],
        "variants": [{"sku": "FOUR-1", "options": dict.fromkeys(names, "x")}],
    }
    client.put(f"{CATALOG}/products/FOUR", four)
    export = tmp_path / "shopify.csv"
    done = system.run("products", "export", str(export), *SHOPIFY)
    assert "left out: FOUR has more than three options" in done.stderr
    codes = ("summer-tee", "MUG-77", "coming-soon", "MUG-01")
    before = {code: _product(client, code) for code in codes}
    _unchanged(_run(system, "products", "import", export, *SHOPIFY))
    one = {"sku": "ST-B-M", "options": {"Colour": "Blue", "Size": "M"}}
    options = [{"name": "Colour", "values": ["Blue"]}, {"name": "Size", "values": ["M"]}]
    less = {"name": "Tee", "options": options, "variants": [one]}
    client.put(f"{CATALOG}/products/summer-tee", less)
    _run(system, "products", "import", export, *SHOPIFY)
    for code, wanted in before.items():
        assert _product(client, code) | {"version": 0} == wanted | {"version": 0}


def test_a_site_or_location_that_there_is_not_is_named(system: System, tmp_path: Path) -> None:
    columns = "Handle,Title,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty"
    file = _file(tmp_path, columns, "hat,Hat,HAT-1,shopify,3")
    done = system.run(
        "products", "import", str(file), "--layout", "shopify", "--site", "fr", check=False
    )
    assert (done.returncode, "there is no site fr" in done.stderr) == (2, True)
    plain = system.run("products", "import", str(file), "--site", "uk", check=False)
    assert (plain.returncode, "--layout shopify" in plain.stderr) == (2, True)


def test_prices_of_sites_and_lists_come_in_and_back(
    system: System, client: Client, tmp_path: Path
) -> None:
    """OB-1, CP-4: site prices and price lists with quantity breaks."""
    terms = {"site": "uk", "name": "Autumn", "currency": "GBP"}
    client.put(f"{CATALOG}/price-lists/autumn", terms)
    file = _file(
        tmp_path,
        "sku,site,price_list,price,min_units,no_discounts",
        "CHAIR-ASH,uk,,119.00,,",
        "CHAIR-ASH,,autumn,109.00,1,no",
        "CHAIR-ASH,,autumn,99.50,10,yes",
        "CHAIR-ASH,,winter,1.00,,",
        "NO-SUCH,uk,,1.00,,",
        "RUG-GREY,de,,250.00,,",
        "RUG-GREY,de,,251.00,,",
    )
    errors = tmp_path / "errors.csv"
    assert "2 to be created, 3 to be changed" in _run(
        system, "prices", "import", file, "--dry-run", code=1
    )
    said = _run(system, "prices", "import", file, "--errors", errors, code=1)
    assert "2 created, 3 changed, 0 unchanged, 2 refused" in said
    assert [(one["line"], one["column"], one["code"]) for one in _rows(errors)] == [
        ("5", "price_list", "UNKNOWN_PRICE_LIST"),
        ("6", "sku", "UNKNOWN_PRODUCT"),
    ]
    chair, rug = _product(client, "CHAIR-ASH"), _product(client, "RUG-GREY")
    assert chair["prices"]["uk"] == {"minor": 11900, "currency": "GBP"}
    assert rug["prices"]["de"] == {"minor": 25100, "currency": "EUR"}
    entries = client.get(f"{CATALOG}/price-lists/autumn/entries")["items"]
    assert [(one["min_units"], one["no_discounts"]) for one in entries] == [(1, False), (10, True)]

    export = tmp_path / "export.csv"
    _run(system, "prices", "export", export)
    assert {one["price_list"] for one in _rows(export)} == {"", "autumn"}
    _unchanged(_run(system, "prices", "import", export))
    only = tmp_path / "de.csv"
    _run(system, "prices", "export", only, "--site", "de")
    assert {one["site"] for one in _rows(only)} == {"de"}


def test_a_dry_run_judges_the_quantities_of_shopifys_layout(
    system: System, client: Client, tmp_path: Path
) -> None:
    """OB-1: a dry run tells of the quantities what the run tells, of new products too."""
    header = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty"
    mug, new = "MUG-01,Stoneware mug,Title,Default Title,MUG-01", "new,New,Title,Default Title,NEW"
    file = _file(tmp_path, header, f"{mug},-3", f"{new},-4", f"{new}-2,5".replace("new,", "new-2,"))
    dry, real = tmp_path / "dry.csv", tmp_path / "real.csv"
    words = ("products", "import", file, *SHOPIFY, "--errors")
    _run(system, *words, dry, "--dry-run", code=1)
    known = {one["code"] for one in client.get(f"{CATALOG}/product-records")["items"]}
    assert known.isdisjoint({"NEW", "NEW-2"})
    _run(system, *words, real, code=1)
    column = "Variant Inventory Qty"
    assert _lines(dry) == _lines(real)
    assert _lines(real) == [("2", column, "OUT_OF_RANGE"), ("3", column, "OUT_OF_RANGE")]


@pytest.mark.parametrize("what", ["import", "export"])
@pytest.mark.parametrize("option", ["--site", "--location"])
def test_a_site_or_location_that_is_not_there_ends_the_command(
    system: System, tmp_path: Path, what: str, option: str
) -> None:
    """OB-1: nothing is written or sent for a site or location that nobody knows."""
    file = DATA / "shopify-products.csv" if what == "import" else tmp_path / "export.csv"
    _run(system, "products", what, file, "--layout", "shopify", option, "nowhere", code=2)
    assert not (tmp_path / "export.csv").exists()
