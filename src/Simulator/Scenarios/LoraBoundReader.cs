using SimServe.Policies.AddOns;
using SimServe.Simulator.AddOns;

namespace SimServe.Simulator.Scenarios;

/// <summary>Reads <c>addOns.loraBounds</c>: steps, or files in which <c>simserve lora-bound</c> wrote what it measured.</summary>
/// <param name="folder">The folder that paths are relative to.</param>
/// <param name="steps">Denoising steps of the requests: bounds that were measured with another number are none of theirs.</param>
internal sealed class LoraBoundReader(string folder, int steps)
{
    private const int MostSteps = 1000;
    private const string Similarity = "similarity";
    private const string Image = "image";

    private static readonly string[] Kinds = [Similarity, Image];

    public Dictionary<int, int> Read(JsonSection addOns)
    {
        var bounds = new Dictionary<int, int>();
        foreach (var item in addOns.Sections("loraBounds", required: false))
        {
            var (lora, bound) = (item.Integer("lora", 0, int.MaxValue, null), ReadBound(item));
            if (!bounds.TryAdd(lora, bound))
            {
                item.Note(item.Key("lora"), $"{lora}, a second time", "each LoRA once", "Remove one of them.");
            }

            item.Close();
        }

        return bounds;
    }

    private int ReadBound(JsonSection item)
    {
        var (hasSteps, hasFile, hasKind) = (item.Has("steps"), item.Has("file"), item.Has("by"));
        if (hasSteps && hasFile)
        {
            item.Note(item.Key("file"), "a file beside steps", "one of the two", "Remove one of them: the file says how many steps.");
        }

        if (hasKind && !hasFile)
        {
            item.Note(item.Key("by"), "nothing to read beside it", "by together with file", "Name the file too, or remove it.");
        }

        if (!hasSteps && !hasFile)
        {
            item.Note(item.Key("steps"), "nothing", "steps, or file and by", "Write how many steps, or name a file that 'simserve lora-bound' wrote.");
        }

        return hasFile ? ReadFile(item) : hasSteps ? item.Integer("steps", 0, MostSteps, null) : 0;
    }

    private int ReadFile(JsonSection item)
    {
        var (file, kind) = (item.Text("file", null), item.Choice("by", Kinds, null));
        if (file.Length == 0 || Measured(item, file) is not { } bound)
        {
            return 0;
        }

        if (bound.Steps != steps)
        {
            item.Note(item.Key("file"), $"\"{file}\", measured with {bound.Steps} denoising steps", $"one measured with {steps}, the steps of the requests", "Measure it with that number, with 'simserve lora-bound', or change steps.");
        }

        return kind == Image ? bound.ByImage : bound.BySimilarity;
    }

    private LoraBound? Measured(JsonSection item, string file)
    {
        var path = Path.GetFullPath(file, folder);
        if (!File.Exists(path))
        {
            item.Note(item.Key("file"), $"\"{file}\", which is not there", "a file that 'simserve lora-bound' wrote", "Check the path: it starts at the folder of the file that names it.");
            return null;
        }

        try
        {
            return LoraBoundFile.Read(path);
        }
        catch (InvalidInputException fault)
        {
            foreach (var inner in fault.Faults)
            {
                item.Note($"{item.Key("file")}, \"{file}\": {inner.Key}", inner.Found, inner.Allowed, inner.Fix);
            }

            return null;
        }
    }
}
