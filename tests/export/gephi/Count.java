import java.io.File;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import org.gephi.graph.api.Column;
import org.gephi.graph.api.Element;
import org.gephi.graph.api.GraphController;
import org.gephi.graph.api.GraphModel;
import org.gephi.graph.api.Table;
import org.gephi.io.importer.api.Container;
import org.gephi.io.importer.api.EdgeMergeStrategy;
import org.gephi.io.importer.api.ImportController;
import org.gephi.io.importer.api.Issue;
import org.gephi.io.processor.plugin.DefaultProcessor;
import org.gephi.project.api.ProjectController;
import org.openide.util.Lookup;

/** Imports graph files as Gephi does and prints what it holds then, one fact a line, parted by tabs. */
public class Count {
    public static void main(String[] files) throws Exception {
        ProjectController projects = Lookup.getDefault().lookup(ProjectController.class);
        ImportController importer = Lookup.getDefault().lookup(ImportController.class);
        for (String name : files) {
            projects.newProject();
            Container container = importer.importFile(new File(name));
            // Gephi asks the user this; by default it would merge edges of two types between the same nodes.
            container.getLoader().setEdgesMergeStrategy(EdgeMergeStrategy.NO_MERGE);
            System.out.println("file\t" + new File(name).getName());
            for (Issue issue : (Iterable<Issue>) () -> container.getReport().getIssues(Integer.MAX_VALUE)) {
                System.out.println("issue\t" + issue.getLevel() + "\t" + issue.getMessage());
            }
            importer.process(container, new DefaultProcessor(), projects.getCurrentWorkspace());
            GraphModel model = Lookup.getDefault().lookup(GraphController.class).getGraphModel();
            System.out.println("directed\t" + model.isDirected());
            print("node", model.getNodeTable(), model.getGraph().getNodes().toArray());
            print("edge", model.getEdgeTable(), model.getGraph().getEdges().toArray());
        }
    }

    /** For each column: its type, how many elements have a value, and a digest of the values in the order of the ids. */
    private static void print(String kind, Table table, Element[] elements) throws Exception {
        System.out.println(kind + "s\t" + elements.length);
        Arrays.sort(elements, Comparator.comparing(element -> element.getId().toString()));
        for (Column column : table) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            int filled = 0;
            for (Element element : elements) {
                Object value = element.getAttribute(column);
                if (value != null) {
                    filled++;
                    digest.update((element.getId() + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8));
                }
            }
            String hash = String.format("%064x", new BigInteger(1, digest.digest()));
            System.out.println(String.join("\t", kind, column.getTitle(), column.getTypeClass().getSimpleName(),
                    Integer.toString(filled), hash));
        }
    }
}
