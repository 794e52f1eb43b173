from __future__ import annotations

import pytest

from kg.resolve.names import family_names, name_key, parse_version, singular, strip_latex
from kg.schema import EntityType

METHOD, MODEL, BENCHMARK, METRIC, TASK = EntityType


@pytest.mark.parametrize(
    "type, spellings",
    [
        (BENCHMARK, ["MATH-500", "Math500", "MATH 500", "math500", "MATH\u2011500"]),
        (BENCHMARK, ["AIME 2024", "AIME'24", "AIME24", "AIME-2024", "AIME’24"]),
        (BENCHMARK, ["τ²-bench", r"$\tau^2$-bench", "tau2-bench", "TAU2-Bench"]),
        (METHOD, ["MoE$^2$", "MoE2", "MoE²"]),
        (METHOD, ["VAE", "VAEs"]),
        (METHOD, ["Mixture-of-Experts", "mixture of experts", "Mixtures of Experts"]),
        (METHOD, ["Mamba-2", "Mamba2", "Mamba v2"]),
        (METHOD, ["chain-of-thought prompting", "Chain-of-Thought (CoT) prompting"]),
        (MODEL, [r"$\pi_0$", "π0", "π₀", "pi0", r"$\pi_{0}$"]),
        (MODEL, ["LLaMA-2 7B", "Llama 2-7B", "llama2-7b", "LLaMA 2 7b"]),
        (MODEL, ["Llama-3-8B-Instruct", "Llama-3-Instruct-8B", "LLaMA3 8B Instruct"]),
        (MODEL, ["DINOv2", "DINO-v2", "DINO V2"]),
        (MODEL, ["wav2vec 2.0", "wav2vec2", "Wav2Vec 2.0"]),
        (MODEL, ["Mixtral-8x7B", "Mixtral 8×7B", r"Mixtral-8$\times$7B"]),
        (METRIC, ["Fréchet Inception Distance", "Frechet inception distance"]),
        (METRIC, ["Cohen's kappa", r"Cohen's $\kappa$", "Cohen’s κ"]),
        (METRIC, ["generalization", "generalisation"]),
        (TASK, ["modelling human behaviour", "modeling human behavior"]),
        (TASK, ["image classification", "Image Classification", "image-classification"]),
    ],
)
def test_spellings_of_one_name_have_one_key(type, spellings):
    assert len({name_key(spelling, type) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    "type, left, right",
    [
        (METHOD, "BLAST", "BLaST"),
        (METHOD, "DiTTO", "DITTO"),
        (METHOD, "LoRA", "LoRa"),
        (METRIC, "mAP", "MAP"),
        (METRIC, "pass@1", "pass@10"),
        (METRIC, "chrF", "chrF++"),
        (MODEL, "LLaMA-2 7B", "LLaMA-3 8B"),
        (MODEL, "LLaMA-2 7B", "LLaMA-27B"),
        (MODEL, "Qwen2.5-7B", "Qwen-25-7B"),
        (MODEL, "OPT-1.3B", "OPT-13B"),
        (MODEL, "ViT-S", "VITS"),
        (MODEL, r"PixArt-$\alpha$", r"PixArt-$\Sigma$"),
        (BENCHMARK, "V* Bench", "VBench"),
        (BENCHMARK, "HumanEval", "HumanEval+"),
        (BENCHMARK, "AIME 2024", "AIME 2025"),
    ],
)
def test_different_names_have_different_keys(type, left, right):
    assert name_key(left, type) != name_key(right, type)


def test_a_name_of_symbols_alone_has_a_key():
    assert name_key("∅", METHOD) and name_key("$$", METHOD) and name_key("🙂", MODEL)


def test_version_parts():
    version = parse_version("LLaMA-2 7B Chat")
    assert (version.family, version.version, version.size, version.variant) == ("LLaMA", "2", "7b", "chat")
    other = parse_version("Llama 2-7B-chat")
    assert (other.version, other.size, other.variant) == ("2", "7b", "chat")
    assert parse_version("Qwen3-30B-A3B").size == "30b-a3b"
    assert parse_version("beam search") == parse_version("beam search").__class__("beam search")


@pytest.mark.parametrize(
    "name, families",
    [
        ("LLaMA-2-7B", ["LLaMA-2", "LLaMA"]),
        ("Qwen2.5-VL-7B-Instruct", ["Qwen2.5-VL-7B", "Qwen2.5-VL", "Qwen2.5", "Qwen"]),
        ("AIME'24", ["AIME"]),
        ("ImageNet-32", ["ImageNet"]),
        ("MATH500", ["MATH"]),
        ("Llama 3.2 (90B)", ["Llama 3.2", "Llama"]),
        ("LLaVA-Med", []),
        ("o1", []),
    ],
)
def test_families_by_the_form_of_the_name(name, families):
    assert list(family_names(name)) == families


@pytest.mark.parametrize(
    "plural, one",
    [
        ("networks", "network"),
        ("LLMs", "LLM"),
        ("caches", "cache"),
        ("biases", "bias"),
        ("policies", "policy"),
        ("losses", "loss"),
        ("searches", "search"),
        ("robustness", "robustness"),
        ("analysis", "analysis"),
        ("corpora", "corpus"),
        ("bus", "bus"),
        ("VITS", "VITS"),
        ("YOLOv8s", "YOLOv8s"),
    ],
)
def test_singular(plural, one):
    assert singular(plural) == one


def test_latex():
    assert strip_latex(r"\textbf{GRPO}$^{2}$") == "GRPO2"
    assert strip_latex(r"$\beta$-VAE") == "β-VAE"
