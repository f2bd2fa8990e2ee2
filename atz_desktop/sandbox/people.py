"""The people and records of the made-up account; everybody in here is invented."""

from __future__ import annotations

import hashlib

from atz_desktop.sandbox.rules import Record
from atz_desktop.sandbox.writing import Book

Names = tuple[str, ...]

TYPES = {
    2: "Meeting",
    3: "Task",
    4: "Email",
    5: "Interview",
    17: "Reference check",
    23: "Assessment centre / Einstufungstest",
}
"""2 to 5 are ATZ's own (ATZ_API.md), the others are custom types of this account."""

USERS: Names = (
    "John Doe",
    "Ayşe Yıldırım",
    "Marta Kowalczyk",
    "Liam O'Sullivan",
    "Nguyễn Thị Thảo",
    "Björn Ångström",
    "Chidinma Okonkwo",
    "Sofía Hernández de la Cruz",
    "田中 美咲",
    "Дмитрий Соколов",
    "Priya Raghunathan",
    "Jean-Luc Lefèvre-Dubois",
)

CANDIDATES: Names = (
    "Amara Nwosu",
    "Zoë van der Meer",
    "José Ángel Muñoz Pérez",
    "Łukasz Wiśniewski",
    "Fatima Al-Zahrani",
    "محمد عبد الرحمن",
    "נועה לוי",
    "李小龙",
    "김서연",
    "山田 太郎",
    "Σοφία Παπαδοπούλου",
    "Олена Ковальчук",
    "Þórdís Guðmundsdóttir",
    "Gwenllian Llwyd-Pritchard",
    "Siobhán Ní Dhomhnaill",
    "Mehmet Öztürk",
    "İpek Işık",
    "Anaïs Beauchêne",
    "Jürgen Groß",
    "Kateřina Dvořáková",
    "Ștefan Ionescu",
    "Đorđe Petrović",
    "Phạm Văn Đức",
    "อารียา สุขใจ",
    "अनन्या शर्मा",
    "தமிழ்ச்செல்வி இராமன்",
    "Tāne Te Rangi Hīroa",
    "Nokuthula Dlamini",
    "Oluwaseun Adébáyọ̀",
    "Fionnuala McAllister",
    "Bartholomew Featherstonehaugh-Cholmondeley the Younger of Little Wittering",
    "X Æ",
    "Ng",
    "Maria da Conceição dos Santos",
    "Hélène Ó Briain",
    "Rasmus Kjærgård",
    "Väinö Mäkeläinen",
    "Liisa Õunapuu",
    "Jānis Bērziņš",
    "Žydrūnas Šimkus",
    "Ágnes Kőszegi",
    "Nikola Čapek",
    "Teuta Gjokaj",
    "Giulia D'Angelo",
    "Pieter-Jan De Smet",
    "Léa M'Bala",
    "Tariq Hussain",
    "Leila Hosseini",
    "گلناز رضایی",
    "Gevorg Հակոբյան",
    "ნინო ბერიძე",
    "Aigerim Nurlanova",
    "Bat-Erdene Ganbold",
    "Sunil Perera",
    "Nur Aisyah binti Rahman",
    "Putu Ayu Lestari",
    "Kaimana Kealoha",
    "Itzel Xóchitl Ramírez",
    "Emily Clarke",
)

CONTACTS: Names = (
    "Robert Keller",
    "Grace Adeyemi",
    "Henrik Sørensen",
    "Chloé Marchand",
    "Yusuf Demir",
    "Emily Clarke",
    "Akira Nakamura",
    "Beatriz Figueiredo",
    "Tomasz Zieliński",
    "Rachel Goldberg",
    "سارة الحسن",
    "Daniel Fischer",
    "Olga Ivanova",
    "Matteo Ricci",
    "Isabelle Vandenberghe",
    "Karthik Subramanian",
    "Hannah Schröder",
    "Connor Fitzgerald",
    "Linh Trần",
    "Paulo Gonçalves",
    "Ingrid Løvås",
    "Sami Virtanen",
    "Eszter Szabó",
    "Petr Novák",
    "Elif Çelik",
    "Noor de Vries",
    "Camille Rousseau",
    "Aoife Byrne",
    "Vikram Singh",
    "王芳",
    "최민준",
    "Thandiwe Mokoena",
    "Ahmed Benali",
    "Miriam Cohen",
    "Lucía Torres",
    "Stefan Müller-Lüdenscheidt",
    "Kwame Mensah",
    "Alexandra Popescu",
    "Owen Rhys-Davies",
    "Ximena Quispe",
)

JOBS: Names = (
    "Senior Backend Engineer (Python)",
    "Head of Finance",
    "Pflegefachkraft (m/w/d)",
    "UX Researcher",
    "Site Reliability Engineer",
    "Ingénieur·e qualité",
    "Warehouse Team Lead, night shift",
    "Data Protection Officer",
    "Regional Sales Manager DACH",
    "Paediatric Nurse",
    "C++ Developer – Embedded / Automotive",
    "Executive Assistant to the CEO",
    "Supply Chain Analyst",
    "Lehrkraft für Mathematik & Physik",
    "Electrician (Offshore Wind)",
    'Product Owner "Payments"',
    "Kitchen Chef",
    "日本語カスタマーサポート",
    "Tax Consultant",
    "Apprentice Mechatronics",
)

ORGANIZATIONS: Names = (
    "Northwind Logistics",
    "Brückner & Söhne GmbH & Co. KG",
    "Café Étoile SARL",
    "Contoso Health",
    "株式会社さくら",
    "Fjord Energy AS",
    "Almacenes Ibáñez",
    "شركة النخيل",
    "Tailspin Toys",
    "O'Neill, O'Neill & Partners",
    "Kraków Data Works",
    "Blue Yonder Airlines",
    "St. Elisabeth Klinikum",
    "Ünal İnşaat A.Ş.",
    "Wide World Importers",
)

DEALS: Names = (
    "Northwind – 5 drivers",
    "Contoso Health framework agreement 2026",
    "Brückner: retained search CFO",
    "Fjord Energy offshore crew",
    "Tailspin seasonal staff",
    "Kraków Data Works, 3 × senior",
    "St. Elisabeth nursing team",
    "Blue Yonder cabin crew (renewal)",
    "Ibáñez store managers",
    "Wide World – RPO pilot",
)

SHOWN_BY_ATZ = {
    ("candidate", 1): "candidate_2f0ea5cd69a6cd6c7163",
    ("candidate", 2): "candidate_abc123",
    ("contact", 1): "contact_d86c343cf49040381fc7",
    ("user", 1): "user_abc",
}
"""Slugs of ATZ's own examples: they must mean somebody here."""


def slug_of(kind: str, number: int) -> str:
    """The slug of the record with this number, counted from 1: the kind and 20 hex digits."""
    digits = hashlib.sha256(f"{kind} {number}".encode()).hexdigest()[:20]
    return SHOWN_BY_ATZ.get((kind, number), f"{kind}_{digits}")


def _user(number: int, name: str) -> Record:
    email = "john@example.com" if number == 1 else f"user{number}@agency.example"
    return {"id": number, "slug": slug_of("user", number), "full_name": name, "email": email}


def _person(kind: str, number: int, name: str) -> Record:
    email = f"{kind}{number}@mail.example"
    return {"id": number, "slug": slug_of(kind, number), "full_name": name, "email": email}


def _thing(kind: str, number: int, name: str) -> Record:
    called = "position_name" if kind == "job" else "name"
    return {"id": number, "slug": slug_of(kind, number), called: name}


def made_up_book() -> Book:
    """Twelve users, some sixty candidates, forty contacts, and what they work on."""
    shelves: dict[str, dict[int | str, Record]] = {
        "user": {number: _user(number, name) for number, name in enumerate(USERS, 1)}
    }
    for kind, names in (("candidate", CANDIDATES), ("contact", CONTACTS)):
        people = [_person(kind, number, name) for number, name in enumerate(names, 1)]
        shelves[kind] = {person["slug"]: person for person in people}
    named = {"job": JOBS, "organization": ORGANIZATIONS, "deal": DEALS}
    for kind, things_named in named.items():
        things = [_thing(kind, number, name) for number, name in enumerate(things_named, 1)]
        shelves[kind] = {thing["slug"]: thing for thing in things}
    return Book(dict(TYPES), shelves)
