using SimServe.GpuBackend.Devices;
using SimServe.GpuBackend.Images;
using SimServe.GpuBackend.Masking;
using SimServe.GpuBackend.Models;
using SimServe.Policies;
using SimServe.Simulator.Scenarios;
using SimServe.Simulator.Workloads.Adapters;

namespace SimServe.Cli.Validation;

/// <summary>A scenario with everything it names read and checked.</summary>
internal sealed record ScenarioFiles(
    Scenario Scenario, ServedConfig Model, IReadOnlyList<EditTemplate> Templates, IReadOnlyList<EditMask> EditMasks)
{
    // The model computes in its type.
    public ServingChoice Serving { get; private init; } = ServingChoice.Processor;

    // Throws InvalidInputException with every fault of the scenario and of the images it names.
    public static ScenarioFiles Read(string file, IReadOnlyList<string> settings)
    {
        MustExist(file);
        var faults = new List<InputFault>();
        return Of(new ScenarioReader(ModelCatalogue.Names).Read(file, settings, faults), file, faults);
    }

    // The same on what serves, with the pictures and prompts that a scenario without its own gets there. Throws InvalidInputException where there are none.
    public ScenarioFiles On(ServingChoice serving)
    {
        if (Scenario.Workload.Adapters is { } population && population != AdapterPopulations.None)
        {
            throw new InvalidInputException(Scenario.Name, [new InputFault(
                "workload.adapters", $"\"{population}\"", "files of adapters in addOns where real devices serve", "Name their files in addOns, or simulate the scenario.")]);
        }

        if (BranchFaults.Of(Scenario, Model.ToShape(), serving).ToArray() is { Length: > 0 } faults)
        {
            throw new InvalidInputException(Scenario.Name, faults);
        }

        return this with
        {
            Serving = serving,
            Model = Model with { Type = TorchNames.Type(serving.Type) },
            Templates = ServedTemplates(),
            Scenario = Scenario with { Workload = Scenario.Workload with { Prompts = Scenario.Workload.Prompts ?? (PaintedTemplates.Fit(Model) ? PaintedTemplates.EditPrompts : null) } },
        };
    }

    public static void MustExist(string file)
    {
        if (!File.Exists(file))
        {
            throw new InvalidInputException(file, [new InputFault(
                "SCENARIO", $"\"{file}\"", "a scenario file that exists", "Check the path; experiments/quickstart/scenario.json is one.")]);
        }
    }

    // The scenario has been read, and has no faults.
    public static ScenarioFiles Of(Scenario scenario, string file) => Of(scenario, file, []);

    // Of a model that is only simulated nothing but the masks matters.
    public static IReadOnlyList<EditMask> ReadMasks(Scenario scenario, TokenGrid grid, string model, string file)
    {
        var faults = new List<InputFault>();
        var masks = scenario.Edits.Select((edit, index) => ReadMask(edit, index, grid, model, faults)).ToArray();
        return faults.Count == 0 ? [.. masks.OfType<EditMask>()] : throw new InvalidInputException(file, faults);
    }

    private static ScenarioFiles Of(Scenario scenario, string file, List<InputFault> faults)
    {
        if (ServableModel.Find("model", scenario.Model, faults) is not { } model)
        {
            throw new InvalidInputException(file, faults);
        }

        var templates = scenario.Templates.Select((template, index) => ReadTemplate(template, index, model, faults)).ToArray();
        var masks = scenario.Edits.Select((edit, index) => ReadMask(edit, index, model.Grid, model.Name, faults)).ToArray();
        if (faults.Count > 0)
        {
            throw new InvalidInputException(file, faults);
        }

        return new ScenarioFiles(scenario, model with { Cache = scenario.Cache }, templates!, masks!);
    }

    private IReadOnlyList<EditTemplate> ServedTemplates()
    {
        if (Templates.Count > 0)
        {
            return Templates;
        }

        if (Scenario.Workload.Templates is not { } count)
        {
            throw new InvalidInputException(Scenario.Name, [new InputFault("templates", "nothing", "a list of templates where real devices serve", "Name their images, or simulate the scenario.")]);
        }

        if (!PaintedTemplates.Fit(Model))
        {
            throw new InvalidInputException(Scenario.Name, [new InputFault(
                "workload.templates", $"{count} without images", $"a list of templates where real devices serve {Model.Name}", "Name their images in templates, or simulate the scenario.")]);
        }

        return count <= PaintedTemplates.Most
            ? PaintedTemplates.Of(count, Scenario.Seed)
            : throw new InvalidInputException(Scenario.Name, [new InputFault(
                "workload.templates", $"{count}", $"up to {PaintedTemplates.Most} painted scenes where real devices serve", "Use fewer, or simulate the scenario.")]);
    }

    private static EditTemplate? ReadTemplate(TemplateSource source, int index, ServedConfig model, List<InputFault> faults)
    {
        var key = $"templates[{index}].image";
        if (Try(key, source.Image, faults, () => PngFile.Read(source.Image)) is not { } image)
        {
            return null;
        }

        if (image.Width != model.Grid.Width || image.Height != model.Grid.Height)
        {
            faults.Add(new InputFault(
                key, $"an image of {image.Width}x{image.Height} pixels", Size(model.Grid, model.Name), "Scale or crop the image."));
        }

        return new EditTemplate(image, source.Prompt, source.Seed)
        {
            ControlPicture = source.ControlImage is { } control ? ReadControl(control, index, model, faults) : null,
        };
    }

    private static RgbImage? ReadControl(string path, int index, ServedConfig model, List<InputFault> faults)
    {
        var key = $"templates[{index}].controlImage";
        var image = Try(key, path, faults, () => PngFile.Read(path));
        if (image is not null && (image.Width != model.Grid.Width || image.Height != model.Grid.Height))
        {
            faults.Add(new InputFault(key, $"an image of {image.Width}x{image.Height} pixels", Size(model.Grid, model.Name), "Scale or crop the image."));
        }

        return image;
    }

    private static EditMask? ReadMask(EditSource source, int index, TokenGrid grid, string model, List<InputFault> faults)
    {
        var key = $"edits[{index}].mask";
        if (Try(key, source.Mask, faults, () => PngFile.ReadMask(source.Mask)) is not { } pixels)
        {
            return null;
        }

        if (pixels.Width != grid.Width || pixels.Height != grid.Height)
        {
            faults.Add(new InputFault(
                key, $"a mask of {pixels.Width}x{pixels.Height} pixels", Size(grid, model), "A mask has the size of its image: scale or crop it."));
            return null;
        }

        if (!pixels.Edited.Contains(true))
        {
            faults.Add(new InputFault(key, "a mask that is all black", "at least one white pixel", "Paint white what is to be edited."));
            return null;
        }

        return EditMask.FromPixels(grid, pixels);
    }

    // Files that are missing were noted by the reader already.
    private static T? Try<T>(string key, string path, List<InputFault> faults, Func<T> read)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return read();
        }
        catch (InvalidDataException fault)
        {
            faults.Add(new InputFault(key, $"\"{Path.GetFileName(path)}\"", "a PNG image", fault.Message));
            return null;
        }
    }

    private static string Size(TokenGrid grid, string model) => $"{grid.Width}x{grid.Height} pixels, the size of {model}";
}
