"""Cases of SPMPGAN."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from scumble.losses.gan import hinge_discriminator_fake, hinge_discriminator_real, hinge_generator
from scumble.losses.perceptual import PerceptualLoss
from scumble.metrics.frechet import frechet_distance
from scumble.models.keys import KeyMap
from scumble.models.spmpgan.conditioning import masked_classes
from scumble.models.spmpgan.config import DiscriminatorConfig, SPMPGANConfig, published_config
from scumble.models.spmpgan.generator import SPMPGANGenerator
from scumble.models.spmpgan.networks import PatchDiscriminator
from scumble.models.spmpgan.published import discriminator_keys, generator_keys
from scumble.models.spmpgan.recipe import EditingLosses, EditingRecipe
from tests.reference.case import Case, Computed
from tests.reference.systems import editing
from tests.reference.systems.editing import computed, edit_batch, expect, picture, prepared, pyramid_outputs

# Published names of the terms of the recipe.
_TERMS = {
    "d_fake": "loss_D_fake",
    "d_real": "loss_D_real",
    "l1": "L1",
    "gan": "G_GAN",
    "perceptual": "VGG",
}


def _config(case: Case) -> SPMPGANConfig:
    config = case.config
    expect(config, G_norm_type="in", input_nc=3, output_nc=3)
    return replace(published_config(config["lab_dim"], config["ngf"]), leak=config.get("leak", True))


@torch.no_grad()
def generator(case: Case) -> Computed:
    """The whole generator."""
    config = _config(case)
    keys = generator_keys(config)
    network = prepared(SPMPGANGenerator(config), keys, case)
    return computed(network, keys, **pyramid_outputs(network(edit_batch(case))))


@torch.no_grad()
def discriminator(case: Case) -> Computed:
    """One patch discriminator on a picture and its masked classes."""
    config = case.config
    expect(config, input_nc=3)
    keys = discriminator_keys(DiscriminatorConfig(config["ndf"], (config["num_layer"],)), 0)
    network = PatchDiscriminator(config["lab_dim"], config["ndf"], config["num_layer"])
    prepared(network, keys, case)
    batch = edit_batch(case, instances=False)
    return computed(network, keys, y=network(masked_classes(batch, config["lab_dim"]), batch.image))


def hinge_losses(case: Case) -> Computed:
    """The three hinge terms of given scores."""
    expect(case.config, gan_mode="hinge")
    scores = case.tensor("pred")
    return Computed(
        {
            "d_real": hinge_discriminator_real(scores),
            "d_fake": hinge_discriminator_fake(scores),
            "g": hinge_generator(scores),
        }
    )


@torch.no_grad()
def vgg_loss(case: Case) -> Computed:
    """The perceptual loss of two pictures, and the features of the first."""
    loss = PerceptualLoss("vgg19", state=case.weights)
    loss.layer_weights = tuple(case.config.get("weights", loss.layer_weights))
    x, y = picture(case, "x_u8"), picture(case, "y_u8")
    features = {f"relu{i}_1": feature for i, feature in enumerate(loss.features(x), 1)}
    return Computed({"loss": loss(x, y), **features})


def frechet(case: Case) -> Computed:
    """The Frechet distance of two sets of features."""
    distance = frechet_distance(case.inputs["features_a"], case.inputs["features_b"])
    return Computed({"distance": torch.tensor(distance, dtype=torch.float64)})


@torch.no_grad()
def losses(case: Case) -> Computed:
    """All terms of one batch, without a step."""
    recipe, keys = _recipe(case)
    batch = edit_batch(case)
    output = recipe.networks["generator"](batch)
    classes = masked_classes(batch, recipe.label_channels)
    terms = recipe.discriminator_terms(classes, output) | recipe.generator_terms(classes, output)
    return computed(recipe.networks, keys, **_published_terms(terms))


def training_step(case: Case) -> Computed:
    """The updates of one batch, made as the training loop makes them."""
    recipe, keys = _recipe(case)
    terms: dict[str, Tensor] = {}
    gradients: dict[str, Tensor] = {}
    for update in recipe.updates(edit_batch(case)):
        part = recipe.optimized[update.name]
        optimizer = torch.optim.Adam(part.networks.parameters(), part.learning_rate, part.betas)
        update.loss.backward()  # type: ignore[no-untyped-call]
        for name, parameter in recipe.networks.named_parameters():
            if name.startswith(f"{update.name}.") and parameter.grad is not None:
                gradients[name] = parameter.grad.clone()
        optimizer.step()
        terms |= update.terms
    with_gradient = KeyMap(entry for entry in keys.entries if entry.ours in gradients)
    return Computed(
        _published_terms(terms),
        keys.to_published(recipe.networks.state_dict()),
        with_gradient.to_published(gradients),
    )


def _recipe(case: Case) -> tuple[EditingRecipe, KeyMap]:
    """The recipe with all weights of the case: ``netG``, ``netD_1`` ..., ``vgg``."""
    config, ours = case.config, _config(case)
    losses = EditingLosses(
        l1=config["lambda_L1"],
        gan=config["lambda_gan"],
        perceptual=config["lambda_vgg"],
        generator_rate=config["lr"],
        discriminator_rate=4 * config["lr"],
        betas=(config["beta1"], config["beta2"]),
    )
    vgg = {name: value for name, value in case.weights.items() if name.startswith("vgg.")}
    discriminators = DiscriminatorConfig(config["ndf"])
    perceptual = PerceptualLoss("vgg19", state=vgg)
    recipe = EditingRecipe(SPMPGANGenerator(ours), ours.label_channels, discriminators, perceptual, losses)
    entries = [entry.prefixed("netG.", "generator.") for entry in generator_keys(ours).entries]
    for i in range(len(discriminators.layers)):
        entries += [
            entry.prefixed(f"netD_{i + 1}.", f"discriminators.{i}.")
            for entry in discriminator_keys(discriminators, i).entries
        ]
    keys = KeyMap(entries)
    state = {name: value for name, value in case.weights.items() if name not in vgg}
    recipe.networks.load_state_dict(keys.to_ours(state))
    recipe.networks.train(case.mode == "train")
    return recipe, keys


def _published_terms(terms: dict[str, Tensor]) -> dict[str, Tensor]:
    """``d_fake_1`` as ``loss_D_fake_G1`` and so on."""
    published = {}
    for name, value in terms.items():
        term, stage = name.rsplit("_", 1)
        published[f"{_TERMS[term]}_G{stage}"] = value
    return published


KINDS = {
    **editing.KINDS,
    "generator": generator,
    "discriminator": discriminator,
    "hinge_losses": hinge_losses,
    "vgg_loss": vgg_loss,
    "frechet_distance": frechet,
    "losses": losses,
    "training_step": training_step,
}
