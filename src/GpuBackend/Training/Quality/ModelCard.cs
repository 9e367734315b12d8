using System.Globalization;
using System.Text;
using SimServe.GpuBackend.Training.Scenes;

namespace SimServe.GpuBackend.Training.Quality;

/// <summary>The text of a demo model's README.md.</summary>
public static class ModelCard
{
    private static readonly string Flow = $"rectified flow from noise to latents, in whole pictures and in holes, noise levels logit-normal, shifted by {FluxTask.Shift}";

    /// <summary>The scene that the card's commands ask for.</summary>
    public static Scene Example { get; } = new(
        SceneBackground.Grass,
        [new SceneObject(SceneShape.Star, SceneColour.Yellow, SceneSize.Large, SceneTexture.Plain, 36, 20), new SceneObject(SceneShape.Square, SceneColour.Blue, SceneSize.Small, SceneTexture.Plain, 40, 48)]);

    /// <summary>The card of a model.</summary>
    /// <param name="name">Its folder's name, as <see cref="DemoExport"/> has it.</param>
    /// <param name="quality">What was measured.</param>
    /// <param name="plan">How it was trained.</param>
    public static string Of(string name, ModelQuality quality, TrainingPlan plan)
    {
        ArgumentNullException.ThrowIfNull(quality);
        ArgumentNullException.ThrowIfNull(plan);
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        var flux = name == DemoExport.Flux;
        Line($"# {name}");
        Line($"");
        Line($"A {(flux ? "Flux" : "Stable Diffusion")} pipeline of {quality.MillionWeights} million weights in diffusers' layout, half precision, for 64x64 pictures of painted scenes. It follows captions such as");
        Line($"*a small red circle left of a large striped blue square on a sand background* and fills holes by prompts such as *a green star*. It exists to show and to");
        Line($"measure serving: reuse of activations only means something on a model that has learned something.");
        Line($"");
        Line($"```");
        Line($"simserve generate --model models/{name} --prompt \"{Example.Caption}\" --out star.png");
        Line($"simserve edit --model models/{name} --image models/{name}/scene.png --mask models/{name}/hole.png --prompt \"a green star\" --out edited.png");
        Line($"```");
        Line($"");
        Line($"![Edits of held-out scenes: the scene, the hole, and what fills it](edits.png)");
        Line($"");
        Line($"## Measured");
        Line($"");
        Line($"By `simserve train`, on the files as they are here, {quality.Steps} steps, guidance {quality.Guidance:0.##}; {quality.HeldOut.Pictures} pictures of each kind of caption and {quality.Edits.Edits} edits. A picture is right when a small");
        Line($"detector, trained on painted scenes and right on {quality.JudgeRight:P1} of held-out ones, sees every object of the caption with its shape and colour and every relation as told.");
        Line($"");
        Line($"| what | known kinds | held-out kinds |");
        Line($"|---|--:|--:|");
        Line($"| pictures with every object and relation right | {quality.Validation.Right:P1} | {quality.HeldOut.Right:P1} |");
        Line($"| objects of captions there, shape and colour right | {quality.Validation.Objects:P1} | {quality.HeldOut.Objects:P1} |");
        Line($"| relations that hold | {quality.Validation.Relations:P1} | {quality.HeldOut.Relations:P1} |");
        Line($"| pictures with nothing else in them | {quality.Validation.Clean:P1} | {quality.HeldOut.Clean:P1} |");
        Line($"");
        Line($"*Held-out kinds*: captions that name a shape and a colour which no picture of the training had together. Both kinds: scenes that nothing was trained on.");
        Line($"");
        Line($"| what | value |");
        Line($"|---|--:|");
        Line($"| held-out scenes through the autoencoder, PSNR | {quality.ReconstructionPsnr:0.0} dB |");
        Line($"| Fréchet distance of made from painted held-out scenes, by the detector's features | {quality.Frechet:0.000} |");
        Line($"| the same between two sets of painted scenes | {quality.FrechetOfPainted:0.000} |");
        Line($"| diversity: distance of two pictures of one caption, over that of different captions | {quality.Diversity:0.00} |");
        Line($"| edits (mask ratio {quality.Edits.MaskRatio:0.00}) with the prompt's object in the mask | {quality.Edits.Inside:P1} |");
        Line($"| edits with every other object still seen where it was | {quality.Edits.Outside:P1} |");
        Line($"| edits with every pixel outside the mask as it was, bit for bit | {(quality.Edits.Kept ? "all" : "not all")} |");
        Line($"");
        if (quality.Reuse is { } reuse)
        {
            Reuse(Line, reuse);
        }

        if (quality.AddOns is { } addOns)
        {
            AddOns(Line, name, addOns);
        }

        Line($"## Data and recipe");
        Line($"");
        Line($"{plan.TrainScenes:N0} scenes painted from seed {plan.Seed}: one to three objects of six shapes, six colours, two sizes and three textures on four backgrounds, with captions that say all,");
        Line($"part or nothing of it. One part after the other, by AdamW, each kept as an average over its last steps:");
        Line($"");
        Line($"| part | learns | steps x batch | highest rate |");
        Line($"|---|---|--:|--:|");
        Line($"| vae | to give pictures back from latents of a sixteenth of its pixels | {Amount(plan.Vae)} |");
        foreach (var (part, learns, settings) in flux ? FluxParts(plan) : SdParts(plan))
        {
            if (settings is not null)
            {
                Line($"| {part} | {learns} | {Amount(settings)} |");
            }
        }

        Line($"");
        if (flux && plan.Notes is { } notes)
        {
            Line($"{notes}");
            Line($"");
        }

        Line($"`simserve train --out DIR` repeats it (recipe: experiments/training/demo). All of it, data and weights, was made by this project; licence: MIT, as the repository.");
        Line($"");
        Line($"It knows the words of its captions and nothing else.");
        return text.ToString();
    }

    private static IEnumerable<(string Part, string Learns, TrainingSettings? Settings)> FluxParts(TrainingPlan plan) =>
    [
        ("text_encoder, text_encoder_2", "what each phrase of a caption says of its object", plan.Text),
        .. plan.Teacher is null
            ? ((string, string, TrainingSettings?)[])[("transformer", Flow, plan.Transformer)]
            : [("a teacher", Flow, plan.Teacher), ("transformer", string.Create(CultureInfo.InvariantCulture, $"in one pass what guidance by {plan.Guidance} makes of the teacher's two"), plan.Transformer)],
    ];

    private static IEnumerable<(string Part, string Learns, TrainingSettings? Settings)> SdParts(TrainingPlan plan) =>
    [
        ("text_encoder", "all that a caption says, told by its last three paddings", plan.TextSd),
        ("unet", "velocities of noised latents", plan.Unet),
        ("controlnet-edges", "to follow the edges of scenes", plan.Controlnet),
        ("each style", "the same scenes painted in the style", plan.Style),
    ];

    private static void Reuse(Action<FormattableString> line, ReuseScore score)
    {
        line($"## Reuse");
        line($"");
        line($"{score.Edits} edits of held-out scenes by the code that serves, mask ratio {score.MaskRatio:0.00}: *full* computes every token in every step, *cached* the text's and the masked ones with the");
        line($"keys and values of the others from the template's recording, the *naive crop* the text's and the masked ones alone. SSIM against full:");
        line($"");
        line($"| | full | cached | naive crop |");
        line($"|---|--:|--:|--:|");
        line($"| SSIM, whole picture | 1 | {score.CachedSsim:0.000} | {score.CropSsim:0.000} |");
        line($"| SSIM, masked part alone | 1 | {score.CachedSsimInside:0.000} | {score.CropSsimInside:0.000} |");
        line($"| the prompt's object in the mask | {score.FullInside:P1} | {score.CachedInside:P1} | {score.CropInside:P1} |");
        line($"");
        line($"![Scenes, holes, full, cached, naive crop](reuse.png)");
        line($"");
    }

    private static void AddOns(Action<FormattableString> line, string name, AddOnScore score)
    {
        line($"## Add-ons");
        line($"");
        line($"```");
        line($"simserve generate --model models/{name} --controlnet models/{name}/controlnet-edges --control-image models/{name}/edges.png --lora models/{name}/style-pastel/pytorch_lora_weights.safetensors --prompt \"{Example.Caption}\" --out styled.png");
        line($"```");
        line($"");
        line($"`controlnet-edges` makes pictures follow outlines, white on black; `style-*` are LoRA adapters that no caption mentions. {score.Pictures} held-out captions each:");
        line($"");
        line($"| what | without | with |");
        line($"|---|--:|--:|");
        line($"| objects of their shape where the edges have them | {score.PlacedWithoutEdges:P1} | {score.PlacedWithEdges:P1} |");
        foreach (var style in score.Styles)
        {
            line($"| {style.Name}: Fréchet distance from scenes painted in the style | {style.WithoutAdapter:0.000} | {style.WithAdapter:0.000} |");
        }

        line($"");
        line($"With edges {score.RightWithEdges:P1} of the pictures have every object and relation of the caption right.");
        line($"");
        line($"![Scenes, the model's pictures of their captions, edges, pictures with edges, and each style](addons.png)");
        line($"");
    }

    private static string Amount(TrainingSettings settings) => string.Create(CultureInfo.InvariantCulture, $"{settings.Steps:N0} x {settings.Batch} | {settings.LearningRate}");
}
