using SimServe.GpuBackend.Masking;

namespace SimServe.GpuBackend.Caches;

/// <summary>What a recording is of: only a file that says the same may stand in for it.</summary>
/// <param name="Model">Hash of the model, see <see cref="ModelIdentity"/>.</param>
/// <param name="Source">The model in words.</param>
/// <param name="Template">Hash of the template's picture, prompt and seed.</param>
/// <param name="Steps">Denoising steps.</param>
/// <param name="Layout">What the rows of a step are.</param>
internal sealed record RecordingIdentity(string Model, string Source, string Template, int Steps, string Layout)
{
    /// <summary>Name of the file, without its folder.</summary>
    public string FileName => $"{Template[..16]}-{new ContentHash().Add(Model).Add(Template).Add(Steps).Add(Layout)}.safetensors";

    /// <summary>The identity of a template's recording.</summary>
    /// <param name="model">The model.</param>
    /// <param name="modelHash">Its hash.</param>
    /// <param name="template">The template.</param>
    /// <param name="steps">Denoising steps.</param>
    public static RecordingIdentity Of(ServedModel model, string modelHash, EditTemplate template, int steps) =>
        new(modelHash, $"{model.Config.Name}, {model.Source}", HashOf(template), steps, model.Rows.Words);

    /// <summary>As entries of a file's header.</summary>
    public IReadOnlyDictionary<string, string> Entries => new Dictionary<string, string>
    {
        ["model"] = Model,
        ["source"] = Source,
        ["template"] = Template,
        ["steps"] = $"{Steps}",
        ["layout"] = Layout,
    };

    private static string HashOf(EditTemplate template) => new ContentHash()
        .Add(template.Image.Width).Add(template.Image.Height).Add(template.Image.Pixels).Add(template.Prompt).Add(template.Seed).ToString();
}
